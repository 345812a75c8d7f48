/* Luna's behaviour on top of pages that work without it: drawer, palette, keys, toasts, theme, sorting, typing kept safe.
   Events are delegated from the document, since htmx may replace any part of the page, also the whole body. */

import { closeDrawer, drawer, openDrawer, startDrawer } from "./drawer.js";
import { startKeys } from "./keys.js";
import { startPalette } from "./palette.js";
import { startSorting } from "./sorting.js";
import { ask, dismissToasts, say } from "./talk.js";

const find = (selector, root = document) => root.querySelector(selector);

/* What went wrong, in words, where the answer can't be shown in its place. */
const TROUBLE = {
  401: "You were signed out. Reload the page to sign in again; what you typed is still here.",
  403: "You may see this, but not change it.",
  404: "This is gone, or was never yours to see.",
  429: "Too many tries. Wait a minute, then try again.",
};
const BROKEN = "Luna could not do that. What you typed is still here; try again in a moment.";
const SILENT = "Luna does not answer. Check your connection; what you typed is still here.";
/* Their answers stand in the page and say what is wrong. */
const EXPLAINED = [400, 409, 413, 422];

/* What loads or polls by itself fails quietly: nobody asked for it just now. */
const BY_ITSELF = ["load", "every", "intersect"];

document.addEventListener("htmx:response:error", (event) => {
  const { response, sourceEvent } = event.detail.ctx;
  const { status } = response;
  if (EXPLAINED.includes(status) || BY_ITSELF.includes(sourceEvent?.type)) return;
  say(TROUBLE[status] ?? BROKEN, "bad");
});
document.addEventListener("htmx:error", (event) => {
  const { ctx } = event.detail;
  if (ctx && !BY_ITSELF.includes(ctx.sourceEvent?.type)) say(SILENT, "bad");
});

/* Questions before what can't be undone: htmx's own, and those of plain forms. */
document.addEventListener("htmx:confirm", async (event) => {
  const { ctx, issueRequest, dropRequest } = event.detail;
  event.preventDefault();
  if (await ask(ctx.confirm)) issueRequest();
  else dropRequest();
});
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.confirm || form.dataset.asked) return;
  event.preventDefault();
  const submitter = event.submitter;
  if (!(await ask(form.dataset.confirm))) return;
  form.dataset.asked = "yes";
  form.requestSubmit(submitter);
});

/* Polling rests while nobody looks. */
document.addEventListener("htmx:before:request", (event) => {
  if (document.hidden && event.detail.ctx.sourceEvent?.type === "every") event.preventDefault();
});

/* After a swap that a person asked for the keyboard stays near: in the first wrong field, or in the part that came. */
const ASKED = ["click", "submit", "change", "input"];
document.addEventListener("htmx:after:swap", (event) => {
  const { target, sourceEvent } = event.detail.ctx;
  arrive();
  if (!ASKED.includes(sourceEvent?.type)) return;
  const wrong = target?.isConnected && find('[aria-invalid="true"]', target);
  if (wrong) wrong.focus();
  else if (document.activeElement === document.body && target?.isConnected && target !== document.body) {
    if (!target.matches("a, button, input, select, textarea, [tabindex]")) target.tabIndex = -1;
    target.focus({ preventScroll: true });
  }
});

/* Typing is not lost by leaving. */
let dirty = null;
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form && "guard" in form.dataset) dirty = form;
});
document.addEventListener("submit", () => { dirty = null; }, true);
document.addEventListener("reset", () => { dirty = null; }, true);
window.addEventListener("beforeunload", (event) => {
  if (dirty?.isConnected) event.preventDefault();
});

/* Several lines may be pasted; Enter alone sends a single one. */
document.addEventListener("keydown", (event) => {
  const box = event.target;
  if (event.key !== "Enter" || event.isComposing || !box.form || box.tagName !== "TEXTAREA") return;
  const single = box.closest(".quick-add") && !event.shiftKey && !box.value.includes("\n");
  if (single || event.ctrlKey || event.metaKey) {
    event.preventDefault();
    box.form.requestSubmit();
  }
});

/* The theme changes at once and is kept by the server. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches(".theme-form")) return;
  event.preventDefault();
  const theme = event.submitter?.value ?? "system";
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const button of form.querySelectorAll("[name=theme]")) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
  const body = new FormData(form);
  body.set("theme", theme);
  fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => say(SILENT, "bad"));
});

/* Links that open the drawer, and what closes it. */
document.addEventListener("click", async (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("a.opens-drawer");
  if (link) {
    event.preventDefault();
    openDrawer(link.href);
    return;
  }
  const outside = event.target === drawer() && drawer().open;
  if (outside || (drawer()?.open && event.target.closest('[data-closes="drawer"]'))) {
    event.preventDefault();
    await leaveDrawer();
  }
});
document.addEventListener("cancel", async (event) => {
  if (event.target !== drawer()) return;
  event.preventDefault();
  await leaveDrawer();
}, true);

async function leaveDrawer() {
  if (dirty?.isConnected && drawer().contains(dirty) && !(await ask("Leave without saving what you typed?"))) return;
  dirty = null;
  closeDrawer();
}

function arrive() {
  dismissToasts();
  startSorting();
}

startDrawer();
startPalette();
startKeys();
arrive();
/* On a phone the tabs are wider than the page: the current one is shown. */
find(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
/* And so is a launch's timeline: today stands at its first third. */
const now = find(".strip .today"), strip = now?.closest(".scroll-x");
if (strip) strip.scrollLeft += now.getBoundingClientRect().left - strip.getBoundingClientRect().left - strip.clientWidth / 3;
find('main [aria-invalid="true"]')?.focus();
