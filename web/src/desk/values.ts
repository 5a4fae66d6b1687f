import { showAge } from "./ages";
import { hear, type Reading } from "./events";

/** Writes new readings into `[data-sensor]`: the number, its time, and whether it is good. */
export function startValues(): void {
  hear("an-readings", ({ rows }) => {
    for (const row of rows) {
      const places = `[data-sensor="${CSS.escape(row.sensor)}"]`;
      document.querySelectorAll<HTMLElement>(places).forEach((place) => {
        write(place, row);
      });
    }
  });
}

function write(place: HTMLElement, row: Reading): void {
  const number = place.querySelector("[data-value]");
  if (number) number.textContent = valueWords(row.value, place.dataset.decimals);
  const time = place.querySelector("time");
  if (time) {
    time.setAttribute("datetime", new Date(row.at).toISOString());
    if (time.hasAttribute("data-age")) showAge(time);
  }
  place.classList.toggle("stale", row.value === null);
}

/** A number as the page shows it: the decimals it asks for, else four figures. */
export function valueWords(value: number | null, decimals?: string): string {
  if (value === null) return "—";
  if (decimals) return value.toFixed(Number(decimals));
  return Math.abs(value) < 1000
    ? String(Number(value.toPrecision(4)))
    : Math.round(value).toLocaleString("en");
}
