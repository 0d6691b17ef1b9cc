// Forms: no double submit, the focus on the first mistake, money as it is written here, secrets shown.

// A form that travels keeps its button busy and refuses a second submit. The button is not disabled:
// that would take its name and value out of the form, and the focus away.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.busy) {
    event.preventDefault();
    return;
  }
  if (event.defaultPrevented || form.method === "dialog" || "download" in form.dataset) {
    return;
  }
  form.dataset.busy = "true";
  event.submitter?.setAttribute("aria-busy", "true");
});

// The page may come back from the browser's memory as it was left: busy.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) {
    document.querySelectorAll("form[data-busy]").forEach((form) => delete form.dataset.busy);
    document.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  }
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const button = busyButton(event.detail);
  if (button?.getAttribute("aria-busy") === "true") {
    event.preventDefault();
    return;
  }
  button?.setAttribute("aria-busy", "true");
});

document.addEventListener("htmx:afterRequest", (event) => {
  busyButton(event.detail)?.removeAttribute("aria-busy");
});

function busyButton({ elt, requestConfig }) {
  const pressed = requestConfig?.triggeringEvent?.submitter ?? elt;
  return pressed?.matches("button, .btn") ? pressed : null;
}

// 1234,5 becomes 1.234,50 when the field is left; what cannot be read stays, for the server to explain.
document.addEventListener("focusout", (event) => {
  if (event.target.matches("[data-money]")) {
    event.target.value = writeMoney(event.target.value);
  }
});

function writeMoney(text) {
  const bare = text.replace(/^\s*R\$/, "").replace(/\s/g, "");
  const parts = /^(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d{0,2}))?$/.exec(bare);
  if (!parts) {
    return text;
  }
  const whole = parts[1].replaceAll(".", "").replace(/^0+(?=\d)/, "");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ".");
  return `${grouped},${(parts[2] ?? "").padEnd(2, "0")}`;
}

document.addEventListener("click", (event) => {
  const toggle = event.target.closest("[data-secret-toggle]");
  if (!toggle) {
    return;
  }
  const field = toggle.parentElement.querySelector("input");
  const shown = field.type === "text";
  field.type = shown ? "password" : "text";
  toggle.setAttribute("aria-pressed", String(!shown));
});

document.querySelector("main form[method='post' i] [aria-invalid='true']")?.focus();
