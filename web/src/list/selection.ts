import { hear, tell } from "../desk/events.ts";

const ROWS = "[data-rows] [data-id]";
let chosen = "";

export function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(ROWS)].filter((row) => !row.hidden);
}

/** The chosen row, or the first, the most urgent, while nothing is chosen. */
export function chosenRow(): HTMLElement | undefined {
  const all = rows();
  return all.find((row) => row.dataset.id === chosen) ?? (chosen ? undefined : all[0]);
}

/** Chooses the row that many steps away, and shows it. */
export function move(steps: number): void {
  const all = rows();
  const at = all.findIndex((row) => row.dataset.id === chosen);
  const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + steps))];
  if (!next) return;
  tell("an-select", { id: next.dataset.id ?? "", from: "keys" });
  next.scrollIntoView({ block: "nearest" });
}

/** One object stays chosen between list, map and page, and after the list was swapped. */
export function startSelection(): void {
  hear("an-select", ({ id }) => {
    chosen = id;
    mark();
  });
  document.addEventListener("click", (event) => {
    const row = (event.target as Element).closest<HTMLElement>(ROWS);
    if (row && row.dataset.id !== chosen)
      tell("an-select", { id: row.dataset.id ?? "", from: "list" });
  });
  document.addEventListener("focusin", (event) => {
    const row = (event.target as Element).closest<HTMLElement>(ROWS);
    if (row && row.dataset.id !== chosen)
      tell("an-select", { id: row.dataset.id ?? "", from: "list" });
  });
  keepFocus();
  mark();
}

function mark(): void {
  for (const row of rows()) {
    const isIt = row.dataset.id === chosen;
    if (isIt) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

/** A swap of the list gives the focus back to the same act of the same row. */
function keepFocus(): void {
  let was: { id: string; key: string } | undefined;
  document.addEventListener("htmx:beforeSwap", () => {
    const focused = document.activeElement as HTMLElement | null;
    const row = focused?.closest<HTMLElement>(ROWS);
    was = row ? { id: row.dataset.id ?? "", key: focused?.dataset.key ?? "" } : undefined;
  });
  document.addEventListener("htmx:afterSwap", () => {
    mark();
    if (!was || (document.activeElement && document.activeElement !== document.body)) return;
    const row = rows().find((one) => one.dataset.id === was?.id);
    const again = row?.querySelector<HTMLElement>(`[data-key="${CSS.escape(was.key)}"]`);
    (again ?? row?.querySelector<HTMLElement>("a, button"))?.focus({ preventScroll: true });
    was = undefined;
  });
}
