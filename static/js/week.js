// The weekly sheet moves like a spreadsheet: arrows and Enter go from cell to cell, typing
// replaces what stands there, Escape puts it back, Ctrl+Enter saves, and cells pasted out of a
// spreadsheet fill as many from there on. Sums follow what is typed.

const grid = document.querySelector("[data-week-grid]");
const rows = [...grid?.querySelectorAll("[data-week-row]") ?? []]
  .map((row) => [...row.querySelectorAll("[data-hours]")]);

const STEPS = {
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Enter: [1, 0],
};

// 1.5, 1,5, 1:30, full width; what is no number counts as nothing until it is saved.
function hours(text) {
  const plain = text.normalize("NFKC").trim().replace(",", ".").replace(/h$/, "");
  const clock = plain.match(/^(\d{1,2}):([0-5]\d)$/);
  const value = clock ? Number(clock[1]) + Number(clock[2]) / 60 : Number(plain);
  return Number.isFinite(value) ? value : 0;
}

function sumOf(cells) {
  const sum = cells.reduce((total, cell) => total + hours(cell.value), 0);
  return sum ? String(Math.round(sum * 100) / 100) : "";
}

function addUp() {
  for (const cells of rows) {
    cells[0].closest("tr").querySelector("[data-row-sum]").value = sumOf(cells);
  }
  grid.querySelectorAll("[data-day-sum]").forEach((output, day) => {
    output.value = sumOf(rows.map((cells) => cells[day]));
  });
  grid.querySelector("[data-week-sum]").value = sumOf(rows.flat());
}

function move(cell, [down, right]) {
  const row = rows.findIndex((cells) => cells.includes(cell));
  const column = rows[row].indexOf(cell);
  let next = rows[row + down]?.[column + right];
  while (next?.disabled) {
    const at = rows.findIndex((cells) => cells.includes(next));
    next = rows[at + down]?.[rows[at].indexOf(next) + right];
  }
  next?.focus();
}

grid?.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-hours]")) event.target.select();
});

grid?.addEventListener("keydown", (event) => {
  const cell = event.target;
  if (!cell.matches("[data-hours]") || event.isComposing || event.keyCode === 229) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) cell.form.requestSubmit();
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    cell.value = cell.defaultValue;
    cell.select();
    addUp();
  } else if (event.key in STEPS) {
    event.preventDefault();
    const [down, right] = STEPS[event.key];
    move(cell, event.key === "Enter" && event.shiftKey ? [-1, 0] : [down, right]);
  }
});

function paste(first, lines) {
  const top = rows.findIndex((cells) => cells.includes(first));
  const left = rows[top].indexOf(first);
  lines.forEach((line, down) => line.split("\t").forEach((text, right) => {
    const cell = rows[top + down]?.[left + right];
    if (cell && !cell.disabled) cell.value = text.trim().slice(0, cell.maxLength);
  }));
  addUp();
}

grid?.addEventListener("paste", (event) => {
  const text = event.clipboardData.getData("text/plain").replace(/\r?\n$/, "");
  if (!event.target.matches("[data-hours]") || !/[\t\n]/.test(text)) return;
  event.preventDefault();
  paste(event.target, text.split(/\r?\n/));
});

grid?.addEventListener("input", addUp);

// Enter in the field for another customer adds the row; it would save the week.
document.querySelector("[data-adds-row]")?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  const field = event.target;
  field.form.requestSubmit(document.getElementById(field.dataset.addsRow));
});
