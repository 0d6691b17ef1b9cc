// Toasts. Those of the page stand in #toasts already; an answer to htmx adds one with the header
// HX-Trigger: {"toast": {"text": "…", "tone": "ok|warn|bad|info", "undo": "/address/"}}.
// What went wrong stays until it is closed; the rest leaves after a while, but never under the
// pointer or the focus. That an act went well is told once: acts come quickly one after the other,
// and what is told of them would lie over the rows of the next.

const SECONDS = 8;
const SECONDS_WITH_UNDO = 20;
const region = document.getElementById("toasts");
const blank = document.getElementById("toast-blank");

function arrange(toast) {
  toast.querySelector("[data-toast-close]").addEventListener("click", () => toast.remove());
  if (toast.dataset.tone === "bad") {
    return;
  }
  const seconds = toast.querySelector("[data-toast-undo]") ? SECONDS_WITH_UNDO : SECONDS;
  let timer = null;
  const start = () => {
    timer = setTimeout(() => toast.remove(), seconds * 1000);
  };
  const stop = () => clearTimeout(timer);
  toast.addEventListener("pointerenter", stop);
  toast.addEventListener("focusin", stop);
  toast.addEventListener("pointerleave", start);
  toast.addEventListener("focusout", start);
  start();
}

function show({ text, tone = "ok", undo = null }) {
  const toast = blank.content.firstElementChild.cloneNode(true);
  toast.dataset.tone = tone;
  toast.classList.add(`toast--${tone}`);
  toast.querySelector("[data-toast-text]").textContent = text;
  for (const icon of toast.querySelectorAll("[data-toast-icon]")) {
    if (icon.dataset.toastIcon !== tone) {
      icon.remove();
    }
  }
  const form = toast.querySelector("[data-toast-undo]");
  if (undo) {
    form.action = undo;
  } else {
    form.remove();
  }
  if (tone === "ok") {
    for (const before of region.querySelectorAll(".toast--ok:not(:has([data-toast-undo]))")) {
      if (!before.matches(":hover, :focus-within")) {
        before.remove();
      }
    }
  }
  region.append(toast);
  arrange(toast);
  // An open dialog lies over everything, and what is told came of it.
  document.querySelector("dialog[open]")?.close();
}

if (region) {
  region.querySelectorAll(".toast").forEach(arrange);
  document.addEventListener("toast", (event) => show(event.detail));
}
