// In a scope check, a button with data-copy-reply copies the sentence that is shown, and says so
// where it has data-copied; whatever else the button does, it does as well.

import { toast } from "./fragments.js";

async function copy(element) {
  try {
    await navigator.clipboard.writeText(element.textContent.trim());
  } catch {
    // Without TLS browsers have no clipboard for pages, but they copy what is selected.
    getSelection().selectAllChildren(element);
    document.execCommand("copy");
    getSelection().removeAllRanges();
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy-reply]");
  if (!button) return;
  const shown = [...document.querySelectorAll(".reply")].find((reply) => reply.checkVisibility());
  if (!shown) return;
  await copy(shown);
  if (button.dataset.copied) toast(button.dataset.copied);
});
