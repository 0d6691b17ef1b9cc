// Copy: `data-copy` on a button takes the text of the .copy__value beside it, and says so.

const SHOWN_FOR = 2000; // milliseconds

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) {
    return;
  }
  const box = button.closest(".copy");
  const value = box.querySelector(".copy__value").textContent.trim();
  try {
    await navigator.clipboard.writeText(value);
  } catch {
    document.dispatchEvent(
      new CustomEvent("toast", {
        detail: { tone: "bad", text: "O navegador não deixou copiar. Selecione o texto e copie." },
      }),
    );
    return;
  }
  box.dataset.copied = "true";
  document.getElementById("announcer").textContent = "Copiado.";
  setTimeout(() => delete box.dataset.copied, SHOWN_FOR);
});
