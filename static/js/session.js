// Signing in renews the token of forms, in whichever tab it is done: each form takes the newest along.
// A form that is sent after the session has ended stays as it is, with the words that say so.

const newest = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];

document.addEventListener("submit", ({ target }) => {
  const field = target.elements.csrfmiddlewaretoken;
  if (field && newest()) field.value = newest();
}, true);

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb === "get" || !newest()) return;
  detail.headers["X-CSRFToken"] = newest();
  if (detail.formData.has("csrfmiddlewaretoken")) {
    detail.formData.set("csrfmiddlewaretoken", newest());
  }
});

document.addEventListener("htmx:responseError", ({ detail: { xhr, requestConfig } }) => {
  const form = requestConfig.elt.closest("form");
  if (xhr.status !== 401 || !form) return;
  form.querySelector(".signed-out")?.remove();
  form.insertAdjacentHTML("afterbegin", xhr.responseText);
  form.firstElementChild.scrollIntoView({ block: "nearest" });
});
