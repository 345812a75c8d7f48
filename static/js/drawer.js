/* The drawer: one thing over its list. Its address is pushed, Back closes it, and a reload shows the thing as a page.
   `trail` holds the list's address and those of what the drawer showed since; it is empty while the drawer is closed. */

import { say } from "./talk.js";

let trail = [];
let changed = false; // Something was saved in the drawer: the list behind is read anew.
let opener = null;
let title = "";

/* On a thing's own page, which has the same parts under the same name, there is no drawer: links lead on. */
export const drawer = () => document.querySelector("body:not(:has(main #drawer-body)) > #drawer");
const body = () => drawer()?.querySelector("#drawer-body");
const here = () => location.pathname + location.search;
const pathOf = (url) => {
  const { pathname, search } = new URL(url, location.href);
  return pathname + search;
};

export function openDrawer(url) {
  if (!drawer() || !window.htmx) {
    location.href = url;
    return;
  }
  if (!trail.length) {
    trail = [here()];
    opener = document.activeElement;
    title = document.title;
    changed = false;
  }
  load(url, "true");
}

/* Go back in the history to the list; `arrived` closes the dialog when the browser is there. */
export function closeDrawer() {
  if (trail.length > 1) history.go(1 - trail.length);
  else shut();
}

export function startDrawer() {
  document.addEventListener("htmx:after:swap", (event) => {
    const { ctx } = event.detail;
    if (ctx.target !== body() || !body()) return;
    if (ctx.request.method === "GET") show();
    else changed = true;
  });
  document.addEventListener("htmx:after:history:push", (event) => {
    if (trail.length && drawer()?.open) trail.push(event.detail.path);
  });
  document.addEventListener("htmx:before:history:restore", (event) => {
    if (arrived(event.detail.path)) event.preventDefault();
  });
  /* A change saved inside the drawer that answers elsewhere (a row, a count) also outdates the list. */
  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = event.detail;
    if (drawer()?.open && ctx.request.method !== "GET") changed = true;
  });
}

/* A modal dialog makes the rest of the page inert: the toasts, and their Undo, come along. */
function carryToasts(place) {
  const toasts = document.getElementById("toasts");
  if (toasts && toasts.parentElement !== place) place.append(toasts);
}

function load(url, push) {
  const path = pathOf(url);
  if (!drawer().open) {
    const wait = document.createElement("p");
    wait.className = "drawer-wait";
    wait.textContent = "One moment…";
    reveal();
    body().replaceChildren(wait);
  }
  htmx
    .ajax("GET", path, { target: "#drawer-body", swap: "innerHTML", push, headers: { "HX-Target": "div#drawer-body" } })
    .then(() => {
      if (body()?.querySelector(".drawer-wait")) shut();
    })
    .catch(() => {
      shut();
      say("Luna could not open that.", "bad");
    });
}

function reveal() {
  if (!body()) {
    const place = document.createElement("div");
    place.id = "drawer-body";
    drawer().prepend(place);
  }
  if (!drawer().open) drawer().showModal();
  carryToasts(drawer());
}

function show() {
  reveal();
  drawer().scrollTop = 0;
  const heading = body().querySelector("h1, h2");
  if (!heading) return;
  document.title = `${heading.textContent.trim()} · Luna`;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

function shut() {
  carryToasts(document.body);
  if (drawer()?.open) drawer().close();
  body()?.replaceChildren();
  trail = [];
  if (title) document.title = title;
  if (opener?.isConnected) opener.focus({ preventScroll: true });
  opener = null;
}

/* Whether the drawer answers for this step in the history; otherwise htmx reads the page anew. */
function arrived(path) {
  const step = trail.indexOf(path);
  if (step < 0) return false;
  if (step === 0) {
    shut();
    return !changed;
  }
  trail.length = step + 1;
  load(path, undefined);
  return true;
}
