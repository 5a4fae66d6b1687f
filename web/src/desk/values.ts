import { showAge } from "./ages.ts";
import { hear, type Reading } from "./events.ts";
import { valueWords } from "./numbers.ts";

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
  const number = place.querySelector("[data-value]") ?? (place.childElementCount ? null : place);
  if (number) number.textContent = words(place, row.value);
  const time = place.querySelector("time");
  if (time) {
    time.setAttribute("datetime", new Date(row.at).toISOString());
    if (time.hasAttribute("data-age")) showAge(time);
  }
  place.classList.toggle("stale", row.value === null);
}

/** The value, with its unit where the element itself names it (`data-unit`). */
function words(place: HTMLElement, value: number | null): string {
  const number = stateOf(place, value) ?? valueWords(value, place.dataset.decimals);
  const unit = place.querySelector("[data-value]") ? "" : (place.dataset.unit ?? "");
  return unit && value !== null ? `${number}\u2009${unit}` : number;
}

/** What a value is called where it is no amount (`data-states`: the names by value). */
function stateOf(place: HTMLElement, value: number | null): string | undefined {
  const states: Record<string, string> = JSON.parse(place.dataset.states || "{}");
  return value === null ? undefined : states[String(value)];
}
