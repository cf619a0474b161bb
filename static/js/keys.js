// Single keys. An element with data-key="s" is clicked (a field: focused) when s is pressed;
// data-key-label names it in the list that "?" opens. j and k move through [data-row] links.
// Keys are ignored in fields, with a modifier, while an IME composes, and where the reader has
// switched them off for this device.

const OFF = "keys-off";
const list = document.querySelector("[data-keys-list]");
const switchBox = document.querySelector("[data-keys-switch]");
const keyed = (key) => [...document.querySelectorAll("[data-key]")]
  .find((element) => element.dataset.key === key);

function isTyping(target) {
  return target.isContentEditable || target.closest("input, textarea, select, [role=textbox]");
}

function move(step) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return;
  const at = rows.indexOf(document.activeElement.closest("[data-row]"));
  const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step;
  rows[Math.max(0, Math.min(next, rows.length - 1))].focus();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (localStorage.getItem(OFF) || document.querySelector("dialog[open]")) return;
  if (event.key === "j" || event.key === "k") {
    move(event.key === "j" ? 1 : -1);
    return;
  }
  const element = keyed(event.key);
  if (!element) return;
  event.preventDefault();
  if (element.matches("input, select, textarea")) element.focus();
  else element.click();
});

function fillList() {
  const rows = document.querySelector("[data-row]") ? [
    ["j", list.dataset.next], ["k", list.dataset.previous],
  ] : [];
  const own = [...document.querySelectorAll("[data-key][data-key-label]")]
    .map((element) => [element.dataset.key, element.dataset.keyLabel]);
  list.replaceChildren(...[...own, ...rows].map(([key, label]) => {
    const item = document.createElement("li");
    const mark = document.createElement("kbd");
    mark.textContent = key;
    item.append(mark, label);
    return item;
  }));
}

if (list) {
  fillList();
  switchBox.checked = !localStorage.getItem(OFF);
  switchBox.addEventListener("change", () => {
    if (switchBox.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
  document.addEventListener("htmx:afterSettle", fillList);
}
