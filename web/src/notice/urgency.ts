export type Urgent = Map<string, "red" | "orange">;

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
