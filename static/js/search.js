// The search box: arrows walk through the suggestions, Escape or leaving closes them.

const input = document.getElementById("search");
const box = document.getElementById("suggestions");

if (input && box) {
  const links = () => [...box.querySelectorAll("a")];
  const close = () => box.replaceChildren();

  document.querySelector(".search").addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const all = links();
    const at = all.indexOf(document.activeElement);
    if (event.key === "Escape") {
      close();
      input.focus();
    } else if (event.key === "ArrowDown" && at < all.length - 1) {
      all[at + 1].focus();
    } else if (event.key === "ArrowUp" && at >= 0) {
      (all[at - 1] ?? input).focus();
    } else {
      return;
    }
    event.preventDefault();
  });
  input.addEventListener("input", () => { if (!input.value.trim()) close(); });
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".search")) close();
  });
}
