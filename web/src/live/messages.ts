/** What the tabs and the one line they share tell each other. */
export interface Want {
  url: string;
  sensors: string[];
  objects: string[];
}

export type Ring = { kind: "ring"; level: "red" | "orange"; keys: string[] };
export type ToLine = { kind: "want"; want: Want } | { kind: "here" } | { kind: "bye" } | Ring;

export type FromLine =
  | { kind: "state"; state: "waiting" | "live" | "cut" | "over"; since: number }
  | { kind: "event"; name: string; data: unknown }
  | Ring;

/** One want for all tabs: what any of them shows, in order, so that equal sets are equal. */
export function union(wants: Iterable<Want>): Want | undefined {
  const all = [...wants];
  if (!all[0]) return undefined;
  const of = (pick: (want: Want) => string[]): string[] => [...new Set(all.flatMap(pick))].sort();
  return { url: all[0].url, sensors: of((w) => w.sensors), objects: of((w) => w.objects) };
}

/** The address that asks for it. */
export function addressOf(want: Want): string {
  const query = new URLSearchParams();
  if (want.sensors.length > 0) query.set("sensors", want.sensors.join(","));
  if (want.objects.length > 0) query.set("objects", want.objects.join(","));
  const text = query.toString();
  return text ? `${want.url}?${text}` : want.url;
}
