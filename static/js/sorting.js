/* Lists that people order: by dragging the grip, or with the arrow keys on it. Both post `id` and `before` (empty: last). */

import { say } from "./talk.js";

let loading = null;

/* SortableJS is fetched only by pages that hold such a list. */
function library() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const { content, dataset } = document.querySelector('meta[name="luna-sortable"]');
    script.src = content;
    script.integrity = dataset.integrity ?? "";
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
  return loading;
}

export function startSorting() {
  for (const list of document.querySelectorAll("[data-sortable]:not([data-sorting])")) {
    list.dataset.sorting = "";
    list.addEventListener("keydown", (event) => onArrow(event, list));
    library().then(() => {
      new Sortable(list, { handle: ".grip", draggable: "[data-id]", animation: 120, onEnd: ({ item }) => keep(list, item) });
    });
  }
}

function onArrow(event, list) {
  const row = event.target.closest?.(".grip")?.closest("[data-id]");
  if (!row || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  const rows = [...list.querySelectorAll(":scope > [data-id]")];
  const other = rows[rows.indexOf(row) + (event.key === "ArrowUp" ? -1 : 1)];
  if (!other) return;
  if (event.key === "ArrowUp") other.before(row);
  else other.after(row);
  event.target.closest(".grip").focus();
  keep(list, row);
}

/* Tell the server where the row stands now; if it refuses, the page is read anew rather than shown wrong. */
function keep(list, row) {
  const rows = [...list.querySelectorAll(":scope > [data-id]")];
  const at = rows.indexOf(row);
  const target = list.dataset.sortTarget;
  htmx
    .ajax("POST", list.dataset.sortUrl, {
      values: { id: row.dataset.id, before: rows[at + 1]?.dataset.id ?? "" },
      target: target ?? list,
      swap: target ? "outerHTML" : "none",
      headers: { "HX-Target": target ? `div${target}` : "" },
    })
    .then(() => announce(`Now ${at + 1} of ${rows.length}.`))
    .catch(() => say("The new order was not saved. Reload the page to see the one that holds.", "bad"));
}

function announce(words) {
  const region = document.getElementById("announcer");
  if (region) region.textContent = words;
}
