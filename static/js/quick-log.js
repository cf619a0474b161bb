// The quick log by keyboard: digits choose in [data-digits] and lead on to the next question, arrows
// walk through the customers of [data-picker], and minutes are either typed or a chip.

const form = () => document.querySelector("#quick-log .entry-form, .entry-form");

function leadOn(radio) {
  const fields = form();
  if (radio.value === "other") fields.querySelector(".other-causes").focus();
  else fields.querySelector("[name=minutes]").focus();
}

function chooseByDigit(event, group) {
  const radio = group.querySelectorAll("input[type=radio]")[Number(event.key) - 1];
  if (!radio) return;
  event.preventDefault();
  radio.click();
  leadOn(radio);
}

function walk(event, picker) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const stops = [picker.querySelector("[name=q]"), ...picker.querySelectorAll(".picked a")];
  const next = stops[stops.indexOf(document.activeElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const group = event.target.closest("[data-digits]");
  if (group && /^[1-9]$/.test(event.key)) chooseByDigit(event, group);
  const picker = event.target.closest("[data-picker]");
  if (picker) walk(event, picker);
});

document.addEventListener("input", (event) => {
  if (!event.target.closest(".minutes-row")) return;
  const row = event.target.closest(".minutes-row");
  const chips = row.querySelectorAll("[name=minutes_chip]");
  const typed = row.querySelector("[name=minutes]");
  if (event.target === typed) chips.forEach((chip) => { chip.checked = false; });
  else if (event.target.name === "minutes_chip") typed.value = "";
});
