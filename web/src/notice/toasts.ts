import { hear, type Toast, tell } from "../desk/events.ts";
import { htmx } from "../desk/swaps.ts";

const STAYS_MS = 8000;

/**
 * Short words at the foot of the page, with `undo` where it can be undone. The server sends them
 * as `HX-Trigger: {"toast": {"text": …, "undo": {"url": …, "label": …}}}`.
 */
export function startToasts(): void {
  hear("an-toast", show);
  document.body.addEventListener("toast", (event) => {
    tell("an-toast", (event as CustomEvent<Toast>).detail);
  });
  for (const one of document.querySelectorAll<HTMLElement>(".toasts > .toast")) leave(one);
}

/** Presses the undo of the newest toast; false where there is none. */
export function undoNewest(): boolean {
  const buttons = document.querySelectorAll<HTMLButtonElement>(".toast [data-undo]");
  buttons[buttons.length - 1]?.click();
  return buttons.length > 0;
}

function place(): HTMLElement {
  const found = document.querySelector<HTMLElement>(".toasts");
  if (found) return found;
  const made = document.createElement("div");
  made.className = "toasts";
  made.setAttribute("role", "status");
  document.body.append(made);
  return made;
}

function show(toast: Toast): void {
  if (!toast.text) return;
  const one = document.createElement("p");
  one.className = "toast";
  one.append(toast.text);
  if (toast.undo) one.append(undoButton(toast.undo, one));
  place().append(one);
  leave(one);
}

function undoButton(undo: NonNullable<Toast["undo"]>, toast: HTMLElement): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.undo = "";
  button.textContent = undo.label;
  button.addEventListener("click", () => {
    toast.remove();
    void htmx.ajax("post", undo.url, {
      source: document.body,
      target: document.body,
      swap: "none",
    });
  });
  return button;
}

/** It goes by itself, but not under a pointer or a focus. */
function leave(one: HTMLElement): void {
  setTimeout(() => {
    if (one.matches(":hover, :focus-within")) leave(one);
    else one.remove();
  }, STAYS_MS);
}
