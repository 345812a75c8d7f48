/* Search or jump to: a dialog around the search page's own form. Arrows choose, Enter goes. */

const dialog = () => document.getElementById("palette");
const input = () => document.getElementById("palette-q");
const options = () => [...(document.getElementById("palette-results")?.querySelectorAll('[role="option"]') ?? [])];

export function openPalette() {
  if (!dialog()) return;
  if (!dialog().open) dialog().showModal();
  input().select();
  htmx.trigger(input(), "palette:open");
}

export function startPalette() {
  document.addEventListener("click", (event) => {
    if (event.target.closest('[data-opens="palette"]') && !event.ctrlKey && !event.metaKey && dialog()) {
      event.preventDefault();
      openPalette();
    } else if (event.target === dialog()) dialog().close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.target !== input()) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      choose(step);
    } else if (event.key === "Enter" && chosen()) {
      event.preventDefault();
      chosen().click();
    }
  });
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx.target?.id === "palette-results") mark(options()[0]);
  });
}

const chosen = () => options().find((option) => option.getAttribute("aria-selected") === "true");

function choose(step) {
  const all = options();
  if (!all.length) return;
  const at = all.indexOf(chosen());
  mark(all[(at + step + all.length) % all.length]);
}

function mark(option) {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  if (!option) {
    input().removeAttribute("aria-activedescendant");
    return;
  }
  option.id ||= `option-${options().indexOf(option)}`;
  input().setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}
