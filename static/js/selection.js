// A selection: boxes with `data-amount` that belong to a form with `data-selection`. The form says how
// many are ticked and their sum; `data-none`, `data-one` and `data-many` hold its words. `data-selection-all`
// ticks every box, or none when all are.

const REAIS = new Intl.NumberFormat("pt-BR", { style: "currency", currency: "BRL" });

function boxesOf(form) {
  return [...form.elements].filter((field) => field.matches("[type='checkbox'][data-amount]"));
}

function tell(form) {
  const boxes = boxesOf(form);
  const ticked = boxes.filter((box) => box.checked);
  // Centavos, so that the sum is exact.
  const cents = ticked.reduce((sum, box) => sum + Math.round(Number(box.dataset.amount) * 100), 0);
  const words = ["none", "one"][ticked.length] ?? "many";
  for (const place of form.querySelectorAll("[data-selection-count], [data-selection-act]")) {
    const text = place.dataset[words]
      .replace("{count}", ticked.length)
      .replace("{sum}", REAIS.format(cents / 100));
    if (place.textContent !== text) {
      place.textContent = text;
    }
  }
  const act = form.querySelector("[data-selection-act]");
  if (act) {
    act.disabled = ticked.length === 0;
  }
  const all = form.querySelector("[data-selection-all]");
  if (all) {
    all.textContent = ticked.length === boxes.length ? "Limpar seleção" : "Selecionar todas";
  }
}

function tellAll() {
  document.querySelectorAll("[data-selection]").forEach(tell);
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-amount]") && event.target.form) {
    tell(event.target.form);
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
