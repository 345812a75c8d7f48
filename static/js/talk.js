/* Luna speaking: toasts, and one question at a time. */

const READ = 8000; // Milliseconds; with something to press, longer.
const READ_AND_PRESS = 20000;

/* One sentence at the foot of the page, read out by screen readers. */
export function say(text, tone = "ok") {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.dataset.is = tone;
  const sentence = document.createElement("p");
  sentence.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button bare small toast-close";
  close.textContent = "Dismiss";
  toast.append(sentence, close);
  document.getElementById("toasts")?.append(toast);
  dismissToasts();
}

/* Toasts leave by themselves, but not under the pointer or the focus. */
export function dismissToasts() {
  for (const toast of document.querySelectorAll(".toast:not([data-leaving])")) {
    toast.dataset.leaving = "";
    const leave = () => {
      if (toast.matches(":hover, :focus-within")) setTimeout(leave, 2000);
      else toast.remove();
    };
    setTimeout(leave, toast.querySelector("form") ? READ_AND_PRESS : READ);
  }
}

document.addEventListener("click", (event) => {
  event.target.closest?.(".toast-close")?.closest(".toast").remove();
});

/* A question with its own dialog; resolves to whether the person goes on. */
export function ask(text) {
  const dialog = document.getElementById("ask");
  if (!dialog) return Promise.resolve(window.confirm(text));
  dialog.querySelector("p").textContent = text;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
