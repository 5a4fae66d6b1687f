import { tell } from "../desk/events.ts";
import { freshOf, readUrgent, type Urgent } from "./urgency.ts";

const RUNG = "anlan-rung";
const KEPT = 500;
let known: Urgent | undefined;

/** Looks at the page's `[data-urgent]` and tells what is new; one tab rings, not all. */
export function lookAtUrgent(): void {
  const place = document.querySelector<HTMLElement>("[data-urgent]");
  if (!place) return;
  const after = readUrgent(place.dataset.urgent ?? "");
  const levels = [...after.values()];
  const red = levels.filter((level) => level === "red").length;
  const fresh = known ? freshOf(known, after) : "";
  known = after;
  tell("an-urgent", { red, orange: levels.length - red, fresh: fresh && firstToRing(after) });
}

/** The level to ring for, unless another tab has rung for it; they share what was rung. */
function firstToRing(after: Urgent): "red" | "orange" | "" {
  const rung = new Set(JSON.parse(localStorage.getItem(RUNG) ?? "[]") as string[]);
  const mine = [...after].filter(([key, level]) => !rung.has(`${key}:${level}`));
  for (const [key, level] of mine) rung.add(`${key}:${level}`);
  localStorage.setItem(RUNG, JSON.stringify([...rung].slice(-KEPT)));
  return freshOf(new Map(), new Map(mine));
}
