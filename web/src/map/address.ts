/** What the address of a view keeps, so that it can be shared: place, choice, moment, layers. */
export interface View {
  /** zoom, latitude, longitude */
  m?: [number, number, number];
  /** The chosen object. */
  o?: string;
  /** A local moment of the past, `2026-07-21T02:00`. */
  t?: string;
  /** The layers that are on. */
  l?: string[];
}

export function readView(hash: string): View {
  const asked = new URLSearchParams(hash.replace(/^#/, ""));
  const view: View = {};
  const place = (asked.get("m") ?? "").split("/").map(Number);
  const [z, lat, lon] = place;
  if (place.length === 3 && place.every(Number.isFinite)) {
    view.m = [clamp(z, 0, 22), clamp(lat, -85, 85), clamp(lon, -180, 180)];
  }
  const o = asked.get("o");
  if (o) view.o = o.slice(0, 128);
  const t = asked.get("t");
  if (t && /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(t)) view.t = t;
  const l = asked.get("l");
  if (l !== null) view.l = l.split(",").filter(Boolean).slice(0, 200);
  return view;
}

export function writeView(view: View): string {
  const parts: string[] = [];
  if (view.m)
    parts.push(`m=${view.m[0].toFixed(2)}/${view.m[1].toFixed(5)}/${view.m[2].toFixed(5)}`);
  if (view.o) parts.push(`o=${encodeURIComponent(view.o)}`);
  if (view.t) parts.push(`t=${view.t}`);
  if (view.l) parts.push(`l=${view.l.map(encodeURIComponent).join(",")}`);
  return parts.length ? `#${parts.join("&")}` : "";
}

function clamp(value: number | undefined, low: number, high: number): number {
  return Math.min(high, Math.max(low, value ?? 0));
}
