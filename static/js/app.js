// htmx on our pages: the focus is kept after a swap, what changed is announced, and a failure is said.

// The element with the focus may go with the swap; then what came in its place receives it.
let focusWasInside = false;

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, shouldSwap } = event.detail;
  focusWasInside = Boolean(shouldSwap && target?.contains(document.activeElement));
});

document.addEventListener("htmx:load", (event) => {
  const arrived = event.detail.elt;
  announce(arrived);
  if (focusWasInside && document.activeElement === document.body) {
    focusWasInside = false;
    focusOn(arrived);
  }
});

function focusOn(element) {
  const wanted = element.querySelector("[autofocus], [aria-invalid='true']") ?? element;
  if (wanted.tabIndex < 0 && !wanted.hasAttribute("tabindex")) {
    wanted.tabIndex = -1;
  }
  wanted.focus({ preventScroll: true });
}

// `data-announce="Mais 50 lançamentos."` on what arrives is read aloud by screen readers.
function announce(element) {
  const words = element.matches("[data-announce]")
    ? element
    : element.querySelector("[data-announce]");
  if (words) {
    document.getElementById("announcer").textContent = words.dataset.announce;
  }
}

function complain(text) {
  document.dispatchEvent(new CustomEvent("toast", { detail: { tone: "bad", text } }));
}

const WORDS = {
  403: "Você não tem permissão para isso. Atualize a página ou fale com um administrador.",
  404: "Isto não existe mais. Atualize a página para ver como está agora.",
  429: "Muitos pedidos seguidos. Espere um minuto e tente de novo.",
};

document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  complain(WORDS[status] ?? "Não conseguimos concluir. Atualize a página e confira antes de repetir.");
});

document.addEventListener("htmx:sendError", () => {
  complain("Sem conexão com o Kamino. Verifique a internet e confira antes de repetir.");
});

document.addEventListener("htmx:timeout", () => {
  complain("O Kamino demorou a responder. Atualize a página e confira antes de repetir.");
});
