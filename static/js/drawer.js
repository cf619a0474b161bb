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

const openedId = () => drawer.querySelector("[data-opened]")?.dataset.opened;

// The link of the list that opens what the drawer shows: the row's own rather than one beside it.
function linkOf(id) {
  const links = [...document.querySelectorAll(`[data-drawer-open="${id}"]`)]
    .filter((link) => !drawer.contains(link));
  return links.find((link) => link.matches("[data-row]")) ?? links[0];
}

function mark() {
  document.querySelectorAll("[data-current]").forEach((row) => row.removeAttribute("data-current"));
  const id = openedId();
  if (id) rowOf(linkOf(id) ?? opener)?.setAttribute("data-current", "");
}

function show(id) {
  if (address(id).href !== location.href) history.pushState(null, "", address(id));
}

function close() {
  if (!drawer.childElementCount) return;
  drawer.replaceChildren();
  mark();
  show("");
  opener?.focus();
}

function opened({ detail }) {
  if (detail.target !== drawer) return;
  const id = openedId();
  const asking = detail.requestConfig.elt;
  if (asking === drawer) {
    // Opened by the address: j and k go on from its row.
    opener = rowOf(linkOf(id))?.querySelector("[data-row]") ?? null;
  } else {
    if (!drawer.contains(asking)) opener = asking;
    show(id);
    // With the keyboard one goes on reading; with the mouse the eyes are there already.
    const isByKey = detail.requestConfig.triggeringEvent?.detail === 0;
    if (isByKey) drawer.querySelector("[data-drawer-head]")?.focus();
  }
  drawer.scrollTop = 0;
  mark();
}

function wantsTab(event) {
  return event.ctrlKey || event.metaKey || event.shiftKey;
}

if (drawer) {
  document.addEventListener("htmx:afterSwap", opened);
  document.addEventListener("click", (event) => {
    // A new tab or window gets the whole page: htmx must not even hear of it.
    if (wantsTab(event) && event.target.closest("[data-drawer-open]")) event.stopPropagation();
  }, { capture: true });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-drawer-close]") || wantsTab(event)) return;
    event.preventDefault();
    close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || document.querySelector("dialog[open], details.menu[open]")) return;
    if (event.key === "Escape") close();
    // From the drawer, and after a move has loaded the page anew, j and k go on from the row that
    // it was opened from.
    const active = document.activeElement;
    const isElsewhere = drawer.contains(active) || active === document.body;
    if ((event.key === "j" || event.key === "k") && isElsewhere) opener?.focus();
  });
  window.addEventListener("popstate", () => location.reload());
}
