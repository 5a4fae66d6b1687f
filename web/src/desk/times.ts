const CLOCK: Intl.DateTimeFormatOptions = {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
};

/** 02:14:37 in a time zone. */
export function clockWords(at: number, zone: string): string {
  return new Intl.DateTimeFormat("en-GB", { ...CLOCK, timeZone: zone }).format(at);
}

/** 02:14 in a time zone. */
export function minuteWords(at: number, zone: string): string {
  return clockWords(at, zone).slice(0, 5);
}

/** 2026-07-21 02:14:37 in a time zone. */
export function fullWords(at: number, zone: string): string {
  return `${dayWords(at, zone)} ${clockWords(at, zone)}`;
}

/** 2026-07-21 in a time zone. */
export function dayWords(at: number, zone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" }).format(at);
}

/** How long ago as a unit and a number: 40 s, 5 min, 3 h, 2 d. */
export function ageParts(ms: number): { unit: "s" | "min" | "h" | "d"; n: number } {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return { unit: "s", n: seconds };
  if (seconds < 3600) return { unit: "min", n: Math.floor(seconds / 60) };
  if (seconds < 2 * 86400) return { unit: "h", n: Math.floor(seconds / 3600) };
  return { unit: "d", n: Math.floor(seconds / 86400) };
}
