import { now } from "./clock.ts";
import { ageParts } from "./times.ts";
import { word } from "./words.ts";

const EVERY_MS = 5000;

/** Writes the age of a `<time data-age datetime=…>` in the page's words. */
export function showAge(place: Element): void {
  const at = Date.parse(place.getAttribute("datetime") ?? "");
  if (Number.isNaN(at)) return;
  const { unit, n } = ageParts(now() - at);
  const words = word(`age-${unit}`, { n });
  if (words) place.textContent = words;
}

/** Keeps the ages of the page true. */
export function startAges(): void {
  setInterval(() => {
    if (!document.hidden) document.querySelectorAll("time[data-age]").forEach(showAge);
  }, EVERY_MS);
}
