// A selection: boxes with `data-amount` that belong to a form with `data-selection`. The form says how
// many are ticked and their sum; `data-none`, `data-one` and `data-many` hold its words. `data-selection-all`
// ticks every box, or none when all are; so does a box with `data-selection-box` in the head of the table.
// An act with `data-of` counts, and is open to, the boxes alone that have its word in `data-kinds`.

const REAIS = new Intl.NumberFormat("pt-BR", { style: "currency", currency: "BRL" });

function boxesOf(form) {
  return [...form.elements].filter((field) => field.matches("[type='checkbox'][data-amount]"));
}

function tell(form) {
  const boxes = boxesOf(form);
  const ticked = boxes.filter((box) => box.checked);
  for (const place of form.querySelectorAll("[data-selection-count], [data-selection-act]")) {
    say(place, ticked.filter((box) => isFor(box, place.dataset.of)));
  }
  const isAll = boxes.length > 0 && ticked.length === boxes.length;
  const all = form.querySelector("[data-selection-all]");
  if (all) {
    all.textContent = isAll ? "Limpar seleção" : "Selecionar todas";
  }
  for (const head of form.elements) {
    if (head.matches("[data-selection-box]")) {
      head.hidden = boxes.length === 0;
      head.checked = isAll;
      head.indeterminate = ticked.length > 0 && !isAll;
    }
  }
}

// An act that names its kind is done to the boxes of that kind only.
function isFor(box, kind) {
  return !kind || (box.dataset.kinds ?? "").split(" ").includes(kind);
}

function say(place, ticked) {
  // Centavos, so that the sum is exact.
  const cents = ticked.reduce((sum, box) => sum + Math.round(Number(box.dataset.amount) * 100), 0);
  const words = ["none", "one"][ticked.length] ?? "many";
  const text = place.dataset[words]
    .replace("{count}", ticked.length)
    .replace("{sum}", REAIS.format(cents / 100));
  if (place.textContent !== text) {
    place.textContent = text;
  }
  if (place.matches("[data-selection-act]")) {
    place.disabled = ticked.length === 0;
  }
}

function tellAll() {
  document.querySelectorAll("[data-selection]").forEach(tell);
}

document.addEventListener("change", (event) => {
  const { target } = event;
  if (target.matches("[data-selection-box]")) {
    boxesOf(target.form).forEach((box) => (box.checked = target.checked));
  }
  if (target.matches("[data-amount], [data-selection-box]") && target.form) {
    tell(target.form);
  }
});

document.addEventListener("click", (event) => {
  const all = event.target.closest("[data-selection-all]");
  if (!all) {
    return;
  }
  event.preventDefault();
  const form = all.closest("form");
  const boxes = boxesOf(form);
  const wanted = !boxes.every((box) => box.checked);
  boxes.forEach((box) => (box.checked = wanted));
  tell(form);
});

document.addEventListener("htmx:load", tellAll);
// The browser ticks again what was ticked when one comes back to the page.
window.addEventListener("pageshow", tellAll);
tellAll();
