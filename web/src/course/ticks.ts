import { dayWords, minuteWords } from "../desk/times.ts";
import type { Span } from "./span.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  30 * DAY,
  90 * DAY,
];

/** The first step that leaves at most so many marks on a span. */
export function stepOf(span: Span, most: number): number {
  const length = span.to - span.from;
  return STEPS.find((step) => length / step <= most) ?? 90 * DAY;
}

/** Round moments of the site's own clock within a span: full hours there, midnights there. */
export function ticks(span: Span, most: number, zone: string): number[] {
  const step = stepOf(span, most);
  const shift = offsetOf(span.from, zone);
  const first = Math.ceil((span.from + shift) / step) * step - shift;
  const found: number[] = [];
  for (let at = first; at <= span.to; at += step) found.push(at);
  return found;
}

/** What stands under a mark: the hour, and the day at midnight. */
export function tickWords(at: number, zone: string): string {
  const minute = minuteWords(at, zone);
  return minute === "00:00" ? dayWords(at, zone).slice(5) : minute;
}

/** How far a zone is ahead of UTC, ms. */
function offsetOf(at: number, zone: string): number {
  const local = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "medium",
  });
  const whole = Math.floor(at / 1000) * 1000;
  return Date.parse(`${local.format(whole).replace(" ", "T")}Z`) - whole;
}
