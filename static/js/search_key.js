// «/» leads to the search of a list, unless something is being typed.

document.addEventListener("keydown", (event) => {
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (event.key !== "/" || !isPlain || event.target.closest("input, select, textarea, dialog")) {
    return;
  }
  const search = document.querySelector(".search input");
  if (search) {
    event.preventDefault();
    search.focus();
    search.select();
  }
});
