// The drawer beside a list. [data-drawer-open="7"] fills [data-drawer] by htmx; the address then
// says ?open=7, so that it can be shared, and back closes it again. Escape closes, too, and gives
// the focus back to the row it was opened from.

const drawer = document.querySelector("[data-drawer]");
let opener = null;

const rowOf = (element) => element?.closest("li, tr");

function address(id) {
  const url = new URL(location.href);
  if (id) url.searchParams.set(drawer.dataset.param, id);
  else url.searchParams.delete(drawer.dataset.param);
  return url;
}

function mark() {
  document.querySelectorAll("[data-current]").forEach((row) => row.removeAttribute("data-current"));
  const id = drawer.querySelector("[data-opened]")?.dataset.opened;
  if (!id) return;
  const link = document.querySelector(`[data-row][data-drawer-open="${id}"]`)
    ?? document.querySelector(`li [data-drawer-open="${id}"]`);
  const row = link && !drawer.contains(link) ? rowOf(link) : rowOf(opener);
  row?.setAttribute("data-current", "");
}

function close({ keepAddress = false } = {}) {
  if (!drawer.childElementCount) return;
  drawer.replaceChildren();
  mark();
  if (!keepAddress) history.pushState(null, "", address(""));
  opener?.focus();
}

function opened({ detail }) {
  if (detail.target !== drawer) return;
  const id = drawer.querySelector("[data-opened]")?.dataset.opened;
  const asking = detail.requestConfig.elt;
  if (asking !== drawer) {
    if (!drawer.contains(asking)) opener = asking;
    if (address(id).href !== location.href) history.pushState(null, "", address(id));
    // With the keyboard one goes on reading; with the mouse the eyes are there already.
    if (detail.requestConfig.triggeringEvent?.detail === 0) drawer.querySelector("[data-drawer-head]")?.focus();
  }
  drawer.scrollTop = 0;
  mark();
}

function wantsTab(event) {
  return event.ctrlKey || event.metaKey || event.shiftKey;
}

if (drawer) {
  document.addEventListener("htmx:afterSwap", opened);
  document.addEventListener("htmx:beforeRequest", (event) => {
    // A new tab or window gets the whole page.
    const { triggeringEvent, target } = event.detail.requestConfig;
    if (target === drawer && triggeringEvent && wantsTab(triggeringEvent)) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-drawer-close]") || wantsTab(event)) return;
    event.preventDefault();
    close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || document.querySelector("dialog[open], details.menu[open]")) return;
    if (event.key === "Escape") close();
    // From the drawer j and k go on from the row that it was opened from.
    if ((event.key === "j" || event.key === "k") && drawer.contains(document.activeElement)) opener?.focus();
  });
  window.addEventListener("popstate", () => location.reload());
}
