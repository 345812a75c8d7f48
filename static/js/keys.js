/* Keys: Ctrl/⌘ K and / search, c create, g then h l r go, j k move, e edit, ? the list. Single keys rest while typing
   and can be switched off in the list (WCAG 2.1.4). */

import { openPalette } from "./palette.js";

const PLACES = { h: "/", l: "/launches/", r: "/reports/" };
const LINES = ".grid tbody tr:not(.why, .group), .lines > li";
const OFF = "luna-single-keys-off";
let going = 0;

export function startKeys() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("change", (event) => {
    if (event.target.id !== "single-keys") return;
    if (event.target.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "yes");
  });
}

const isTyping = (element) => element?.closest?.("input, textarea, select, [contenteditable], [role=listbox]");

function onKey(event) {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
  if (localStorage.getItem(OFF) && event.key !== "?") return;
  const overlay = document.querySelector("dialog[open]:not(#drawer)");
  if (overlay) return;
  if (Date.now() - going < 1200 && PLACES[event.key]) {
    location.href = PLACES[event.key];
    return;
  }
  going = event.key === "g" ? Date.now() : 0;
  const act = ACTIONS[event.key];
  if (pressOwn(event.key) || (act && act() !== false)) event.preventDefault();
}

/* What the page itself ties to a key (`data-key="e"`), the open drawer's first. */
function pressOwn(key) {
  if (!/^[a-z]$/.test(key)) return false;
  const root = document.querySelector("#drawer[open]") ?? document;
  const own = root.querySelector(`[data-key="${key}"]`);
  own?.click();
  return Boolean(own);
}

const ACTIONS = {
  "/": openPalette,
  "?": showKeys,
  c: () => {
    const menu = document.getElementById("create-menu");
    if (!menu) return false;
    menu.showPopover();
    menu.querySelector("a")?.focus();
    return true;
  },
  j: () => move(1),
  k: () => move(-1),
};

function showKeys() {
  const dialog = document.getElementById("shortcuts");
  if (!dialog) return;
  dialog.querySelector("#single-keys").checked = !localStorage.getItem(OFF);
  dialog.showModal();
}

/* The focus goes to the first link of the next or previous line. */
function move(step) {
  const root = document.querySelector("#drawer[open]") ?? document.getElementById("main");
  const lines = [...(root?.querySelectorAll(LINES) ?? [])].filter((line) => line.querySelector("a") && line.checkVisibility());
  if (!lines.length) return false;
  const at = lines.findIndex((line) => line.contains(document.activeElement));
  const next = at < 0 ? (step > 0 ? 0 : lines.length - 1) : Math.min(Math.max(at + step, 0), lines.length - 1);
  lines[next].querySelector("a").focus();
  lines[next].scrollIntoView({ block: "nearest" });
  return true;
}
