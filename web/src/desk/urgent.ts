import { tell } from "./events";

type Urgent = Map<string, "red" | "orange">;
const RUNG = "anlan-rung";
const KEPT = 500;
let known: Urgent | undefined;

/** Reads `KEY:red KEY:orange`, the urgent alarms that nobody has acknowledged. */
export function readUrgent(text: string): Urgent {
  const found: Urgent = new Map();
  for (const one of text.split(/\s+/)) {
    const cut = one.lastIndexOf(":");
    const level = one.slice(cut + 1);
    if (cut > 0 && (level === "red" || level === "orange")) found.set(one.slice(0, cut), level);
  }
  return found;
}

/** The worst level among those not known before, or raised since; empty: nothing new. */
export function freshOf(before: Urgent, after: Urgent): "red" | "orange" | "" {
  const fresh = [...after].filter(([key, level]) => {
    const was = before.get(key);
    return was === undefined || (was === "orange" && level === "red");
  });
  if (fresh.some(([, level]) => level === "red")) return "red";
  return fresh.length > 0 ? "orange" : "";
}

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
