// The scope check by keyboard: Enter asks and leads to the answer, where an element with
// data-answer-key="c" is clicked when c is pressed. Ctrl+Enter takes the first button anywhere.

const isTyping = (target) => target.matches("input:not([type=radio]), textarea, select");

function answerKey(event, check) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    return check.querySelector(".scope-outcome .button-primary");
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return null;
  return [...check.querySelectorAll("[data-answer-key]")]
    .find((element) => element.dataset.answerKey === event.key);
}

// Before the page's own keys, of which some are the same.
document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  const check = event.target.closest("[data-scope-check]");
  if (!check) return;
  const element = answerKey(event, check);
  if (element) {
    event.stopPropagation();
    event.preventDefault();
    element.click();
  } else if (event.key === "Enter" && !event.shiftKey && event.target.matches("textarea")) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
}, true);

document.addEventListener("htmx:afterSwap", (event) => {
  const { target, requestConfig } = event.detail;
  if (target.id !== "scope-answer" || requestConfig.triggeringEvent?.type !== "submit") return;
  document.getElementById("verdict-heading")?.focus({ preventScroll: true });
});
