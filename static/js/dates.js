// Days as dd/mm/aaaa. 31122026 and 1/2/26 are completed when the field is left; what is no day stays,
// for the server to explain. The calendar is the browser's own, opened by `data-date-open`.

document.addEventListener("focusout", (event) => {
  if (event.target.matches("[data-date]")) {
    event.target.value = writeDay(event.target.value);
  }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-date-open]");
  if (!button) {
    return;
  }
  const [field, calendar] = button.parentElement.querySelectorAll("input");
  calendar.value = toIso(writeDay(field.value));
  calendar.onchange = () => {
    field.value = fromIso(calendar.value);
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  };
  calendar.showPicker();
});

// Without separators only whole pairs of figures: 1122026 could be two days.
const WRITTEN = /^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})$/;
const BARE = /^(\d{2})(\d{2})(\d{4}|\d{2})$/;

function writeDay(text) {
  const parts = WRITTEN.exec(text.trim()) ?? BARE.exec(text.trim());
  if (!parts) {
    return text;
  }
  const [, day, month, year] = parts;
  return [day.padStart(2, "0"), month.padStart(2, "0"), year.padStart(4, "20")].join("/");
}

function toIso(text) {
  const parts = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text);
  return parts ? `${parts[3]}-${parts[2]}-${parts[1]}` : "";
}

function fromIso(text) {
  return text.split("-").reverse().join("/");
}
