// The lines of «Conciliar» that are ticked: on every page, and after one followed a link and came back.
// The server counts and sums them, and acts on what it is sent. Kept in this tab alone: ids, no words.

const KEPT = "lines";
const PAUSE = 150; // between two ticks that are told together

const form = document.querySelector("[data-lines]");
let chosen = { key: "", isAll: false, ids: new Set() }; // with isAll: those that are not
let timer = null;

function read() {
  try {
    const { key, isAll, ids } = JSON.parse(sessionStorage.getItem(KEPT));
    return { key, isAll, ids: new Set(ids) };
  } catch {
    return { key: "", isAll: false, ids: new Set() };
  }
}

function write() {
  sessionStorage.setItem(KEPT, JSON.stringify({ ...chosen, ids: [...chosen.ids] }));
}

function isEmpty({ isAll, ids }) {
  return !isAll && ids.size === 0;
}

function boxes() {
  return [...document.querySelectorAll("[data-line]")];
}

function isTicked(id) {
  return chosen.isAll !== chosen.ids.has(id);
}

function tick(id, wanted) {
  if (wanted === chosen.isAll) {
    chosen.ids.delete(id);
  } else {
    chosen.ids.add(id);
  }
}

// --- What the page shows ----------------------------------------------------------------------

function show() {
  const all = boxes();
  for (const box of all) {
    box.removeAttribute("name"); // sent as `ids`, with those of other pages
    box.checked = isTicked(box.value);
  }
  const place = document.querySelector("[data-lines-page]");
  if (place) {
    const ticked = all.filter((box) => box.checked).length;
    const head = place.querySelector("input");
    place.hidden = all.length === 0;
    head.checked = ticked > 0 && ticked === all.length;
    head.indeterminate = ticked > 0 && ticked < all.length;
  }
  form.elements.ids.value = [...chosen.ids].join(",");
  form.elements.escolha.value = chosen.isAll ? "todas" : "";
  document.getElementById("selection").hidden = isEmpty(chosen);
  document.body.classList.toggle("is-selecting", !isEmpty(chosen));
}

function changed() {
  write();
  show();
  clearTimeout(timer);
  if (!isEmpty(chosen)) {
    timer = setTimeout(count, PAUSE);
  }
}

// Not of the form itself: an act that is chosen meanwhile would wait for it, and lose its button.
function count() {
  globalThis.htmx.ajax("POST", form.dataset.linesUrl, {
    source: "#selection",
    target: "#selection",
    swap: "innerHTML",
  });
}

function choose(isAll, ids = []) {
  chosen = { key: form.dataset.lines, isAll, ids: new Set(ids) };
  changed();
}

// --- What people do ---------------------------------------------------------------------------

function start() {
  const kept = read();
  const isSame = kept.key === form.dataset.lines;
  if (!isSame && !isEmpty(kept)) {
    const text = "O filtro mudou: a seleção de linhas foi limpa.";
    document.dispatchEvent(new CustomEvent("toast", { detail: { tone: "info", text } }));
  }
  if (isSame) {
    chosen = kept;
    changed();
  } else {
    choose(false);
  }
}

if (form) {
  document.addEventListener("change", ({ target }) => {
    if (target.matches("[data-line]")) {
      tick(target.value, target.checked);
      changed();
    } else if (target.closest("[data-lines-page]")) {
      boxes().forEach((box) => tick(box.value, target.checked));
      changed();
    }
  });

  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-lines-all]")) {
      choose(true);
    } else if (target.closest("[data-lines-none]")) {
      choose(false);
    } else if (target.closest("[data-bulk-close]")) {
      document.getElementById("bulk").replaceChildren();
    }
  });

  // An act on them is under way: no second one begins on the same.
  document.addEventListener("lines-taken", () => {
    choose(false);
    document.querySelector("dialog[open]")?.close();
  });
  // After an act: those that were refused stay ticked.
  document.addEventListener("lines-kept", ({ detail }) => choose(false, detail.ids));
  document.addEventListener("htmx:load", show);
  window.addEventListener("pageshow", start);
}
