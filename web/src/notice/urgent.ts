import { tell } from "../desk/events.ts";
import { freshOf, readUrgent } from "./urgency.ts";

/** What this tab has told of; kept over a change of page, so that none is missed on the way. */
const KNOWN = "anlan-known";

/** Looks at the page's `[data-urgent]`, tells the counts, and what is new since the last look. */
export function lookAtUrgent(): void {
  const place = document.querySelector<HTMLElement>("[data-urgent]");
  if (!place) return;
  const text = place.dataset.urgent ?? "";
  const kept = sessionStorage.getItem(KNOWN);
  sessionStorage.setItem(KNOWN, text);
  const after = readUrgent(text);
  const levels = [...after.values()];
  const red = levels.filter((level) => level === "red").length;
  const fresh = kept === null ? "" : freshOf(readUrgent(kept), after);
  const keys = [...after].map(([key, level]) => `${key}:${level}`);
  tell("an-urgent", { red, orange: levels.length - red, fresh, keys });
}
