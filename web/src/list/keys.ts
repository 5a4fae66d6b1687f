import { undoNewest } from "../notice/toasts.ts";
import { type Meaning, meaning } from "./meaning.ts";
import { chosenRow, move } from "./selection.ts";

export function startKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || isTyping(event.target as Element)) return;
    const meant = meaning(event);
    if (meant && follow(meant)) event.preventDefault();
  });
}

function isTyping(target: Element): boolean {
  return (
    target.closest("input, select, textarea, dialog, an-map, an-chart, [contenteditable]") !== null
  );
}

/** Does it; false where the page has nothing for it. */
function follow(meant: NonNullable<Meaning>): boolean {
  if (meant === "help") return showHelp();
  if (meant === "undo") return undoNewest();
  if ("step" in meant) {
    if (!document.querySelector("[data-rows]")) return false;
    move(meant.step);
    return true;
  }
  return press(meant.act);
}

/** Presses the button of the act: of the chosen row first, else of the page (`data-page-key`). */
function press(key: string): boolean {
  const inRow = chosenRow()?.querySelector<HTMLElement>(`[data-key="${key}"]:not(:disabled)`);
  const found =
    inRow ?? document.querySelector<HTMLElement>(`[data-page-key="${key}"]:not(:disabled)`);
  found?.click();
  return found !== null;
}

/** The page's own `<dialog id="keys">`, which lists its keys in its language. */
function showHelp(): boolean {
  const dialog = document.querySelector<HTMLDialogElement>("dialog#keys");
  if (dialog && !dialog.open) dialog.showModal();
  return dialog !== null;
}
