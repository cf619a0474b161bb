// <button data-copy="id"> copies the words of that element; a button with data-copy-open copies
// the reply that stands open before it does its own work.

import { toast } from "./fragments.js";

const words = (element) => element.textContent.trim();

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(words(document.getElementById(button.dataset.copy)));
  toast(button.dataset.copied);
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-copy-open]")) return;
  const reply = document.querySelector(".replies details[open] .reply");
  if (reply) navigator.clipboard.writeText(words(reply)).catch(() => {});
});
