// htmx: toasts from the server's HX-Trigger {"toast": "…"}, or {"toast": {"text", "href", "link"}}
// with somewhere to go; and a word when a request fails. What went wrong stays until it is closed.

const region = document.querySelector(".toasts");
const SHOWN_FOR = 8000;
// To get to a link by keyboard takes longer than to read a sentence.
const WITH_LINK_SHOWN_FOR = 20000;

function equip(toast) {
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "×";
  close.setAttribute("aria-label", region.dataset.closeLabel);
  close.addEventListener("click", () => toast.remove());
  toast.append(close);
  if ("stays" in toast.dataset) return;
  const time = toast.querySelector("a") ? WITH_LINK_SHOWN_FOR : SHOWN_FOR;
  let timer;
  const wait = () => { timer = setTimeout(() => toast.remove(), time); };
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("focusin", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", wait);
  wait();
}

export function toast(text, link) {
  const element = document.createElement("div");
  element.className = "toast";
  const words = document.createElement("span");
  words.textContent = text;
  element.append(words);
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link.href;
    anchor.textContent = link.text;
    element.append(anchor);
  }
  region.append(element);
  equip(element);
}

region.querySelectorAll(".toast").forEach(equip);
document.addEventListener("toast", ({ detail }) => {
  toast(detail.value ?? detail.text, detail.href && { href: detail.href, text: detail.link });
});
document.addEventListener("htmx:sendError", () => toast(document.body.dataset.connectionLost));
document.addEventListener("htmx:responseError", (event) => {
  // A refusal brings its own sentence along.
  if (!event.detail.xhr.getResponseHeader("HX-Trigger")) toast(document.body.dataset.requestFailed);
});

// What a page asks for by itself fills places that may be gone when the answer comes.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const asking = detail.requestConfig.elt;
  if (asking.matches("[data-fills-places]") && !asking.isConnected) detail.shouldSwap = false;
});
