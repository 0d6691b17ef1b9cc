// What was typed outlives a sign-in in between. A link with `data-keep-form` first hands over the form
// that was changed, to be kept; #kept-form holds what comes back, and fills the form again.

const TEXT = "O que você digitou está de volta. Confira e envie de novo.";

function isChanged(field) {
  if (field.matches("[type='checkbox'], [type='radio']")) {
    return field.checked !== field.defaultChecked;
  }
  if (field.matches("select")) {
    return [...field.options].some((option) => option.selected !== option.defaultSelected);
  }
  return field.type !== "hidden" && field.value !== field.defaultValue;
}

function changedForm() {
  const forms = document.querySelectorAll("main form[method='post' i]");
  return [...forms].find((form) => [...form.elements].some((field) => field.name && isChanged(field)));
}

document.addEventListener("click", (event) => {
  const form = event.target.closest("[data-keep-form]") && changedForm();
  if (!form) {
    return;
  }
  event.preventDefault();
  const mark = document.createElement("input");
  Object.assign(mark, { type: "hidden", name: "_keep", value: "1" });
  form.append(mark);
  HTMLFormElement.prototype.submit.call(form); // no other script takes it for an act
});

const kept = JSON.parse(document.getElementById("kept-form")?.textContent ?? "null");
const waiting = new Set(kept?.values.map(([name]) => name));

function fill(field) {
  if (!field.name || !waiting.has(field.name) || field.type === "hidden" || field.type === "file") {
    return false;
  }
  const values = kept.values.filter(([name]) => name === field.name).map(([, value]) => value);
  if (field.matches("[type='checkbox'], [type='radio']")) {
    field.checked = values.includes(field.value);
  } else if (field.matches("select")) {
    for (const option of field.options) {
      option.selected = values.includes(option.value);
    }
  } else {
    [field.value] = values;
  }
  return true;
}

// A form may stand on the page, or come later in a dialog.
function fillForms(root) {
  const forms = [...root.querySelectorAll("form[method='post' i]")].filter(
    (form) => new URL(form.action).pathname === kept.action,
  );
  const filled = forms.flatMap((form) => [...form.elements].filter(fill));
  if (filled.length) {
    filled.forEach((field) => waiting.delete(field.name));
    document.dispatchEvent(new CustomEvent("toast", { detail: { tone: "info", text: TEXT } }));
  }
}

if (kept) {
  fillForms(document);
  document.addEventListener("htmx:load", (event) => fillForms(event.detail.elt));
}
