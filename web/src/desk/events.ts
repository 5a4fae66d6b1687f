/** What the parts of a page tell each other, as events of the document. */
export interface Reading {
  sensor: string;
  at: number;
  value: number | null;
  quality: string;
}

export type LineState = "waiting" | "live" | "cut" | "over";

export interface Events {
  /** The line to the server; since: ms of the last word heard. */
  "an-line": { state: LineState; since: number };
  "an-readings": { rows: Reading[] };
  "an-alarms": { revision: number };
  "an-theme": { theme: "light" | "dark" };
  /** An object or alarm was chosen in a list or on the map; empty: nothing is. */
  "an-select": { id: string; from: string };
  "an-urgent": { red: number; orange: number; fresh: "red" | "orange" | ""; keys: string[] };
  /** A tab that can be heard asks to ring for alarms; one of all tabs is told to. */
  "an-claim": { level: "red" | "orange"; keys: string[] };
  "an-ring": { level: "red" | "orange" };
  "an-sound": { on: boolean; asked: boolean };
  "an-toast": Toast;
}

export interface Toast {
  text: string;
  undo?: { url: string; label: string };
}

export function tell<K extends keyof Events>(name: K, detail: Events[K]): void {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

export function hear<K extends keyof Events>(name: K, act: (detail: Events[K]) => void): void {
  document.addEventListener(name, (event) => act((event as CustomEvent<Events[K]>).detail));
}
