/** Lengths, areas and circles on the ground; and GCJ-02, which some providers demand. */
import type * as GeoJSON from "geojson";

export type Lonlat = [number, number];

const R = 6_371_008.8;
const rad = (degrees: number): number => (degrees * Math.PI) / 180;

/** Metres between two places on the sphere. */
export function metres(a: Lonlat, b: Lonlat): number {
  const dy = Math.sin(rad(b[1] - a[1]) / 2) ** 2;
  const dx = Math.cos(rad(a[1])) * Math.cos(rad(b[1])) * Math.sin(rad(b[0] - a[0]) / 2) ** 2;
  return 2 * R * Math.asin(Math.sqrt(dy + dx));
}

/** Metres along a line. */
export function length(line: Lonlat[]): number {
  return line.slice(1).reduce((sum, place, i) => sum + metres(line[i] as Lonlat, place), 0);
}

/** Square metres within a ring on the sphere. */
export function area(ring: Lonlat[]): number {
  let sum = 0;
  ring.forEach((place, i) => {
    const next = ring[(i + 1) % ring.length] as Lonlat;
    sum += rad(next[0] - place[0]) * (2 + Math.sin(rad(place[1])) + Math.sin(rad(next[1])));
  });
  return Math.abs((sum * R * R) / 2);
}

/** A closed ring about a place. */
export function circle(middle: Lonlat, radius: number, corners = 64): Lonlat[] {
  const north = radius / ((Math.PI / 180) * R);
  const east = north / Math.cos(rad(middle[1]));
  return Array.from({ length: corners + 1 }, (_one, i): Lonlat => {
    const turn = (2 * Math.PI * (i % corners)) / corners;
    return [middle[0] + east * Math.sin(turn), middle[1] + north * Math.cos(turn)];
  });
}

/**
 * GCJ-02 of a WGS 84 place, by the formula that has been public since 2010 (eviltransform);
 * outside of China the two are the same.
 */
export function toGcj(place: Lonlat): Lonlat {
  const [lon, lat] = place;
  if (lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271) return place;
  const a = 6_378_245;
  const ee = 0.006_693_421_622_965_943;
  const x = lon - 105;
  const y = lat - 35;
  const wave = (20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * (2 / 3);
  const north =
    -100 +
    2 * x +
    3 * y +
    0.2 * y * y +
    0.1 * x * y +
    0.2 * Math.sqrt(Math.abs(x)) +
    wave +
    ((20 * Math.sin(y * Math.PI) + 40 * Math.sin((y / 3) * Math.PI)) * 2) / 3 +
    ((160 * Math.sin((y / 12) * Math.PI) + 320 * Math.sin((y * Math.PI) / 30)) * 2) / 3;
  const east =
    300 +
    x +
    2 * y +
    0.1 * x * x +
    0.1 * x * y +
    0.1 * Math.sqrt(Math.abs(x)) +
    wave +
    ((20 * Math.sin(x * Math.PI) + 40 * Math.sin((x / 3) * Math.PI)) * 2) / 3 +
    ((150 * Math.sin((x / 12) * Math.PI) + 300 * Math.sin((x / 30) * Math.PI)) * 2) / 3;
  const bend = 1 - ee * Math.sin(rad(lat)) ** 2;
  return [
    lon + (east * 180) / ((a / Math.sqrt(bend)) * Math.cos(rad(lat)) * Math.PI),
    lat + (north * 180) / (((a * (1 - ee)) / (bend * Math.sqrt(bend))) * Math.PI),
  ];
}

/** The WGS 84 place of a GCJ-02 one, to a centimetre. */
export function fromGcj(place: Lonlat): Lonlat {
  let found = place;
  for (let i = 0; i < 6; i++) {
    const there = toGcj(found);
    found = [found[0] + place[0] - there[0], found[1] + place[1] - there[1]];
  }
  return found;
}

/** What a text of JSON says, or nothing. */
export function parsed<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

/** The shape that a text is, or nothing. */
export function shapeOf(text: string): GeoJSON.Geometry | undefined {
  const found = parsed<GeoJSON.Geometry | null>(text);
  return typeof found?.type === "string" ? found : undefined;
}

/** West, south, east and north of a shape. */
export function boxOf(shape: GeoJSON.Geometry): [number, number, number, number] {
  const flat =
    JSON.stringify("coordinates" in shape ? shape.coordinates : []).match(/-?\d[\d.e+-]*/g) ?? [];
  const lons = flat.filter((_one, i) => i % 2 === 0).map(Number);
  const lats = flat.filter((_one, i) => i % 2 === 1).map(Number);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}
