// «Regras de extrato»: a rule is dragged to another place. The server decides the order: without this
// file the two buttons of each row do the same.

let dragged = null;

function listOf(node) {
  return node.closest("[data-rules]");
}

// Only the grip begins to drag, so that texts can still be selected.
document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest(".rule__grip");
  const row = grip?.closest("[data-rule]");
  if (row && listOf(row)) {
    row.draggable = true;
  }
});

document.addEventListener("pointerup", () => release());

document.addEventListener("dragstart", (event) => {
  const row = event.target.closest?.("[data-rule]");
  if (!row?.draggable) {
    return;
  }
  dragged = row;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", "");
  row.classList.add("rule--dragged");
});

document.addEventListener("dragover", (event) => {
  const over = event.target.closest?.("[data-rule]");
  if (!dragged || !over || listOf(over) !== listOf(dragged)) {
    return;
  }
  event.preventDefault();
  if (over === dragged) {
    return;
  }
  const box = over.getBoundingClientRect();
  const isBelow = event.clientY > box.top + box.height / 2;
  over[isBelow ? "after" : "before"](dragged);
});

document.addEventListener("drop", (event) => {
  if (dragged) {
    event.preventDefault();
    send(listOf(dragged));
  }
});

document.addEventListener("dragend", () => release());

function release() {
  dragged?.classList.remove("rule--dragged");
  document.querySelectorAll("[data-rule][draggable]").forEach((row) => row.removeAttribute("draggable"));
  dragged = null;
}

function send(list) {
  const form = document.getElementById("rule-order");
  form.querySelectorAll("[name='rule']").forEach((field) => field.remove());
  for (const row of list.querySelectorAll("[data-rule]")) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "rule";
    field.value = row.dataset.rule;
    form.append(field);
  }
  form.requestSubmit();
}
