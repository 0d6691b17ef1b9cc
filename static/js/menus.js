// Menus that open in place (<details data-menu>) close on Escape, on a click elsewhere and when the
// focus leaves; the drawer of the phone closes when the window becomes wide.

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") {
    return;
  }
  const open = event.target.closest?.("details[data-menu][open]");
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
    event.preventDefault(); // the drawer around it stays open
  }
});

for (const kind of ["click", "focusin"]) {
  document.addEventListener(kind, (event) => {
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      if (!menu.contains(event.target)) {
        menu.open = false;
      }
    });
  });
}

const drawer = document.getElementById("menu");
matchMedia("(min-width: 761px)").addEventListener("change", (query) => {
  if (query.matches && drawer?.matches(":popover-open")) {
    drawer.hidePopover();
  }
});
