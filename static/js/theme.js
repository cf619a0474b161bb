// The appearance changes at once; the form still tells the server, so that it stays.

document.querySelectorAll("[data-theme-switch]").forEach((form) => {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const choice = event.submitter.value;
    const data = new FormData(form, event.submitter);
    fetch(form.action, { method: "POST", body: data, redirect: "manual" });
    if (choice === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = choice;
    form.querySelectorAll("button").forEach((button) => {
      button.setAttribute("aria-pressed", button === event.submitter);
    });
  });
});
