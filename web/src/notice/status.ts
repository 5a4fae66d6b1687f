import { zone } from "../desk/clock.ts";
import { hear, type LineState } from "../desk/events.ts";
import { minuteWords } from "../desk/times.ts";
import { word } from "../desk/words.ts";

/** Words for the line: live, past, or cut off since HH:MM; the same for eye and ear. */
export function startStatus(): void {
  hear("an-line", ({ state, since }) => show(state, since));
}

function show(state: LineState, since: number): void {
  const isPast = document.body.classList.contains("past");
  const shown = isPast && state === "live" ? "past" : state;
  const words = wordsOf(shown, since);
  for (const place of document.querySelectorAll<HTMLElement>("[data-live]:not(template)")) {
    place.dataset.state = shown;
    if (place.textContent !== words) place.textContent = words;
  }
  for (const banner of document.querySelectorAll<HTMLElement>(".banner-cut")) {
    banner.hidden = state !== "cut";
  }
}

function wordsOf(state: LineState | "past", since: number): string {
  if (state === "waiting") return word("connecting");
  if (state === "past") return word("paused");
  if (state === "over") return word("over");
  if (state === "live") return word("live");
  return `${word("cut")} ${minuteWords(since, zone())}`;
}
