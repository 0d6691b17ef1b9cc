// The browser gave no passkey: the person stopped, or there is none for this address.

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const text = "A chave não foi usada. Tente de novo, ou use outra forma.";
  document.dispatchEvent(new CustomEvent("toast", { detail: { tone: "warn", text } }));
});
