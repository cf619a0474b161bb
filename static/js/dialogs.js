// <button data-dialog-open="id"> opens <dialog id="id">; a click beside it closes. What a fragment
// puts into #modal is shown, and HX-Trigger "close-modal" closes it. hx-confirm asks in our
// own dialog.

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) {
    event.preventDefault();
    document.getElementById(opener.dataset.dialogOpen)?.showModal();
  } else if (event.target instanceof HTMLDialogElement) {
    event.target.close();
  }
});

// Once htmx listens to what is in it: the focus says that one may type.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "modal" && !event.target.open) event.target.showModal();
});

document.addEventListener("close-modal", () => document.getElementById("modal").close());

document.addEventListener("htmx:confirm", (event) => {
  const { question, elt, issueRequest } = event.detail;
  if (!question) return;
  event.preventDefault();
  const dialog = document.getElementById("confirm");
  dialog.querySelector("[data-confirm-text]").textContent = question;
  dialog.querySelector("[data-confirm-yes]").classList.toggle(
    "button-destroy", elt.hasAttribute("data-destructive"));
  dialog.returnValue = "";
  dialog.addEventListener("close", () => dialog.returnValue && issueRequest(true), { once: true });
  dialog.showModal();
});
