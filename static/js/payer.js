// The payer's page: copies, looks by itself whether something changed, and says that it was looked at.
// A module of its own: none of the product's other scripts is loaded here.

const page = document.querySelector("[data-mark]");
const said = page.querySelector("[data-said]");

// --- Copying. Without scripts the buttons stay hidden, and the code is there to be selected.

const SHOWN_FOR = 2500; // milliseconds

for (const button of page.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  const text = source.dataset.value ?? source.textContent.trim();
  const label = button.querySelector("[data-copy-label]");
  label.dataset.idle ??= label.textContent;
  const worked = (await write(text)) || byHand(source);
  label.textContent = worked ? "Copiado" : "Selecione o código e copie";
  said.textContent = label.textContent;
  setTimeout(() => (label.textContent = label.dataset.idle), SHOWN_FOR);
}

async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

// A browser without a clipboard of its own: what is selected is copied, or stays selected.
function byHand(source) {
  source.closest("details")?.setAttribute("open", "");
  getSelection().selectAllChildren(source);
  return document.execCommand("copy");
}

// --- Looking again: seldom, ever more seldom, and not while nobody sees it.

const FIRST = 10_000; // milliseconds
const LONGEST = 120_000;
const GROWS = 1.3;
const CHANGED = 205;
const SAME = 204;

let pause = FIRST;
let timer;

function wait() {
  clearTimeout(timer);
  if (!document.hidden && !("settled" in page.dataset)) {
    timer = setTimeout(look, pause);
  }
}

async function look() {
  pause = Math.min(pause * GROWS, LONGEST);
  const url = `${page.dataset.stateUrl}?visto=${page.dataset.mark}`;
  try {
    const { status } = await fetch(url, { cache: "no-store", credentials: "same-origin" });
    if (status === CHANGED || status === 404) {
      location.reload();
      return;
    }
    if (status !== SAME) {
      pause = LONGEST;
    }
  } catch {
    pause = LONGEST;
  }
  wait();
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) {
    pause = FIRST;
    tell();
  }
  wait();
});

// --- That somebody has it before their eyes: once, after a moment of it.

const A_MOMENT = 1500;
let told = false;

function tell() {
  setTimeout(() => {
    if (!told && !document.hidden) {
      told = navigator.sendBeacon(page.dataset.openedUrl);
    }
  }, A_MOMENT);
}

if (!document.hidden) {
  tell();
}
wait();
