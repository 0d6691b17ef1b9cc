// Dialogs. `data-dialog-open="id"` opens the <dialog> with that id, `data-dialog-close` closes the one
// around it. A dialog with `data-dialog-auto` that arrives in a swap opens by itself. Escape, the focus
// kept inside and the focus given back are the browser's own.

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) {
    event.preventDefault();
    document.getElementById(opener.dataset.dialogOpen)?.showModal();
    return;
  }
  if (event.target.closest("[data-dialog-close]")) {
    event.target.closest("dialog").close();
    return;
  }
  // A click on the dialog itself, not on what it holds, is a click on the backdrop.
  if (event.target.matches("dialog[open]") && isOutside(event)) {
    event.target.close();
  }
});

document.addEventListener("htmx:load", (event) => {
  const root = event.detail.elt;
  const dialog = root.matches?.("dialog[data-dialog-auto]")
    ? root
    : root.querySelector?.("dialog[data-dialog-auto]");
  if (dialog && !dialog.open) {
    dialog.showModal();
  }
});

function isOutside({ target, clientX, clientY }) {
  const box = target.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}
