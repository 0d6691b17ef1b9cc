// «Conciliar»: the keys of the page, and the live sum of what is chosen for a line. The server decides
// both: without this file every act is a link or a button.

const REAIS = new Intl.NumberFormat("pt-BR", { minimumFractionDigits: 2 });

// --- Where one is -----------------------------------------------------------------------------

let last = null; // the id of the row that had the focus last
let acted = null; // that of the last act

function rows() {
  return [...document.querySelectorAll("[data-pair]")];
}

function here() {
  return document.activeElement?.closest("[data-pair]") ?? document.getElementById(last);
}

function goTo(row) {
  if (row) {
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
}

function step(by) {
  const all = rows();
  const at = all.indexOf(here());
  goTo(at < 0 ? firstOpen(all) : all[at + by]);
}

function firstOpen(all) {
  return all.find((row) => row.dataset.pair === "open") ?? all[0];
}

function nextOpen(row) {
  const all = rows();
  return all.slice(all.indexOf(row) + 1).find((each) => each.dataset.pair === "open");
}

document.addEventListener("focusin", (event) => {
  last = event.target.closest("[data-pair]")?.id ?? last;
});

// After an act the next line that waits has the focus; a form that opened has it in its first field.
document.addEventListener("htmx:load", (event) => {
  const row = event.detail.elt;
  const form = row.querySelector?.("[data-act-form]");
  if (form) {
    last = row.id;
    unfold(form);
    tell(form);
    (form.querySelector("[aria-invalid='true']") ?? firstField(form))?.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  } else if (row.matches?.("[data-fresh]")) {
    acted = row.id;
    goTo(row.dataset.pair === "open" ? row : (nextOpen(row) ?? row));
  } else if (row.matches?.(".items")) {
    tell(row.closest("form"));
  }
});

function firstField(form) {
  return form.querySelector(
    "input:not([type='hidden'], [type='radio']), select, input[type='radio']:checked, textarea",
  );
}

// --- Keys -------------------------------------------------------------------------------------

const STEPS = { j: 1, k: -1 };
const OF_LINE = /^(Enter|[vctidxu])$/;

// Who types faster than the server answers: the keys wait for the act before them.
const ACTS = "[data-key], .pair__mid form, [data-act-form]";
let acting = null; // the request of an act that is not answered yet
let isPlaced = false; // its answer has come into the page
let typedAhead = [];

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (!acting && detail.elt.matches(ACTS)) {
    acting = detail.xhr;
    isPlaced = false;
    acting.addEventListener("loadend", () => forget(detail.xhr));
  }
});

// Of a row that has left the page meanwhile nothing is heard here.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  isPlaced ||= detail.xhr === acting && detail.shouldSwap;
});

// The keys were meant for what did not come.
function forget(request) {
  if (request === acting && !(isPlaced && (request.status < 400 || request.status === 422))) {
    acting = null;
    typedAhead = [];
  }
}

// By now the focus is where the next key belongs.
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (!acting || detail.xhr !== acting) {
    return;
  }
  acting = null;
  while (typedAhead.length && !acting && !document.querySelector("dialog[open]")) {
    replay(typedAhead.shift());
  }
  if (!acting) {
    typedAhead = [];
  }
});

function replay(key) {
  const target = document.activeElement;
  const form = target.closest("[data-act-form]");
  if (form && key === "Enter") {
    confirm(form);
  } else if (!form) {
    byLetter({ key, target, repeat: false, preventDefault() {} });
  }
}

function isWaiting(event) {
  if (!acting || event.target.matches("input:not([type='checkbox']), textarea")) {
    return false;
  }
  return event.key in STEPS || OF_LINE.test(event.key);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) {
    return;
  }
  if (isWaiting(event)) {
    event.preventDefault();
    if (!event.repeat) {
      typedAhead.push(event.key);
    }
    return;
  }
  const { key, target } = event;
  const form = target.closest("[data-act-form]");
  if (form && key === "Escape") {
    press(event, form, "Escape");
  } else if (form && key === "Enter" && !target.matches("button, a, summary, textarea")) {
    event.preventDefault();
    if (!target.matches("[type='search']")) {
      confirm(form);
    }
  } else if (target.matches("[data-line]") || !target.closest("input, select, textarea")) {
    byLetter(event);
  }
});

function confirm(form) {
  const button = form.querySelector("button:not([type='button'])");
  if (button && !button.disabled) {
    form.requestSubmit(button);
  }
}

function byLetter(event) {
  const { key, target } = event;
  if (key === "?") {
    event.preventDefault();
    document.getElementById("keys")?.showModal();
  } else if (key in STEPS) {
    event.preventDefault();
    step(STEPS[key]);
  } else if (key === "Enter" && !target.matches("[data-pair]")) {
    return;
  } else if (key === "u") {
    press(event, here(), key) || press(event, document.getElementById(acted), key);
  } else if (OF_LINE.test(key)) {
    press(event, here(), key);
  }
}

function press(event, place, key) {
  const wanted = place?.querySelector(`[data-key='${key}']`);
  if (!wanted || event.repeat) {
    return false;
  }
  event.preventDefault();
  wanted.click();
  return true;
}

// --- The sum ----------------------------------------------------------------------------------

function cents(text) {
  const bare = text.replace(/[^\d,]/g, "");
  const [whole, part = ""] = bare.split(",");
  return Number(whole || 0) * 100 + Number(part.padEnd(2, "0").slice(0, 2));
}

function exact(text) {
  return Math.round(Number(text) * 100);
}

function chosenOf(form) {
  return [...form.querySelectorAll("[data-item]:checked")].reduce((sum, box) => {
    const open = exact(box.dataset.item);
    const typed = box.closest("li").querySelector("[data-part]")?.value.trim();
    return sum + (typed ? Math.sign(open) * cents(typed) : open);
  }, 0);
}

// What is open of the line, and of those beside it that go into the same match.
function sumOf(form) {
  return [...form.querySelectorAll("[data-beside]:checked")].reduce(
    (sum, box) => sum + exact(box.dataset.beside),
    exact(form.dataset.sum),
  );
}

// Which way a difference goes, as reconciliation.forms.match says it.
function wayOf(form, kind, missing) {
  const sign = Math.sign(exact(form.dataset.sum));
  if (form.dataset.adding.split(" ").includes(kind)) {
    return sign;
  }
  if (form.dataset.lessening.split(" ").includes(kind)) {
    return -sign;
  }
  return kind === "fee" ? -1 : missing > 0 ? 1 : -1;
}

function missingOf(form, until = null) {
  let missing = sumOf(form) - chosenOf(form);
  for (const row of form.querySelectorAll("[data-difference]")) {
    if (row === until) {
      break;
    }
    const kind = row.querySelector("select").value;
    const amount = row.querySelector("[data-money]").value;
    if (kind && amount) {
      missing -= wayOf(form, kind, missing) * cents(amount);
    }
  }
  return missing;
}

function written(sum) {
  const sign = sum < 0 ? "− " : sum > 0 ? "+ " : "";
  return sign + REAIS.format(Math.abs(sum) / 100);
}

function tell(form) {
  if (!form?.matches("[data-sum]")) {
    return;
  }
  const chosen = chosenOf(form);
  const missing = missingOf(form);
  const hasItems = form.querySelector("[data-item]:checked") !== null;
  const mayStay = form.querySelector("[name='leaves_open']").checked;
  const stays = mayStay && Math.sign(missing) === Math.sign(exact(form.dataset.sum));
  const isReady = hasItems && (missing === 0 || stays);
  form.querySelector("[data-sum-bank]").textContent = written(sumOf(form));
  form.querySelector("[data-sum-chosen]").textContent = written(chosen);
  form.querySelector("[data-sum-left]").textContent = written(missing);
  form.querySelector("[data-sum-place]").classList.toggle("sums__left--zero", missing === 0);
  const act = form.querySelector("[data-sum-act]");
  act.disabled = !isReady;
  act.classList.toggle("btn--primary", isReady);
}

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    const unfolds = event.target.closest("[data-unfolds]");
    if (unfolds) {
      unfold(unfolds.closest("form"));
    }
    const form = event.target.closest("[data-sum]");
    if (form) {
      offer(form, event.target);
      offerOwners(form);
      tell(form);
    }
  });
}

// Of rows that may stay empty the next one comes when the one before it says something.
function unfold(form) {
  for (const place of form.querySelectorAll("[data-unfolds]")) {
    const all = [...place.children];
    const filled = all.map((row) => [...row.querySelectorAll("select, input")].some((f) => f.value));
    const shown = Math.max(Number(place.dataset.unfolds), filled.lastIndexOf(true) + 2);
    all.forEach((row, at) => {
      row.hidden = at >= shown;
    });
  }
}

// Of several items a difference says whose it is: of the last one that was ticked, unless chosen.
function offerOwners(form) {
  const boxes = [...form.querySelectorAll("[data-item]:checked")];
  for (const place of form.querySelectorAll("[data-owner]")) {
    const select = place.querySelector("select");
    const kept = select.value;
    const known = new Map([...select.options].map((option) => [option.value, option]));
    const wanted = boxes.map((box) => box.value.split(":")[1]);
    const options = wanted.map((id, at) => {
      const name = boxes[at].closest("li").querySelector("label b").textContent;
      return known.get(id) ?? new Option(name, id);
    });
    select.replaceChildren(known.get("") ?? new Option("Escolha o item", ""), ...options);
    const row = place.closest("[data-difference]").querySelector("select");
    const isAsked = boxes.length > 1;
    select.value = wanted.includes(kept) ? kept : isAsked && row.value ? (wanted.at(-1) ?? "") : "";
    place.hidden = !isAsked;
  }
}

// A kind that was just chosen takes what is missing; «Nenhuma» is of no amount.
function offer(form, field) {
  const row = field.closest("[data-difference]");
  const amount = row?.querySelector("[data-money]");
  if (!amount || !field.name.startsWith("kind_")) {
    return;
  }
  if (!field.value) {
    amount.value = "";
  } else if (!amount.value) {
    const missing = missingOf(form, row);
    amount.value = missing ? REAIS.format(Math.abs(missing) / 100) : "";
  }
}

document.querySelectorAll("[data-act-form]").forEach(unfold);
document.querySelectorAll("[data-sum]").forEach(tell);
