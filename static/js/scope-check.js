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

// A new answer keeps the sentence that was chosen and the focus, and takes it after Enter.
let chosen, wasThere;

document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
  if (target.id !== "scope-answer") return;
  chosen = target.querySelector("[name=reply]:checked")?.value;
  wasThere = target.contains(document.activeElement);
});

document.addEventListener("htmx:afterSwap", ({ detail: { target, requestConfig } }) => {
  if (target.id !== "scope-answer") return;
  const heading = document.getElementById("verdict-heading");
  if (!heading) return;
  if (chosen) target.querySelector(`[name=reply][value=${chosen}]`).checked = true;
  if (requestConfig.triggeringEvent?.type === "submit") {
    heading.closest(".verdict").scrollIntoView({ block: "nearest" });
  } else if (!wasThere) {
    return;
  }
  heading.focus({ preventScroll: true });
});
