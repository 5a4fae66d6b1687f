/** The course of one or more sensors, as the server tells it. Times are ms UTC. */
export type Point = [at: number, value: number | null];
export type LevelWord = "red" | "orange" | "yellow" | "blue";

export interface Series {
  key: string;
  name: string;
  unit: string;
  decimals?: number;
  /** What each value is called, for what is no amount. */
  states?: Record<string, string>;
  points: Point[];
  band?: [at: number, min: number, max: number][];
}

export interface Limit {
  level: LevelWord | null;
  value: number;
  direction?: string;
  from?: number | null;
  to?: number | null;
  label?: string;
  /** The series it belongs to; every series where it says none. */
  series?: string;
}

export interface Episode {
  level: LevelWord | null;
  from: number;
  to?: number | null;
  label?: string;
  series?: string;
}

export interface Mark {
  at: number;
  label: string;
  level?: LevelWord | null;
}

export interface Course {
  from: number;
  to: number;
  series: Series[];
  limits?: Limit[];
  episodes?: Episode[];
  marks?: Mark[];
  stale?: { from: number; to: number }[];
  words?: Record<string, string>;
}

/** The shape of a level, for those who do not see its colour. */
export const SHAPES: Record<LevelWord, string> = { red: "◆", orange: "▲", yellow: "■", blue: "●" };

/** One unit has one axis: the courses to draw apart, one for each series where units differ. */
export function panels(course: Course, apart: boolean): Course[] {
  const units = new Set(course.series.map((series) => series.unit));
  if (course.series.length < 2 || (!apart && units.size < 2)) return [course];
  return course.series.map((series) => ({
    ...course,
    series: [series],
    limits: (course.limits ?? []).filter((one) => (one.series ?? series.key) === series.key),
    episodes: (course.episodes ?? []).filter((one) => (one.series ?? series.key) === series.key),
  }));
}

/** The line is broken where the sensor was silent: no stroke may cross a known silence. */
export function withGaps(points: Point[], stale: { from: number; to: number }[]): Point[] {
  if (stale.length === 0) return points;
  const shown: Point[] = [];
  for (const point of points) {
    const before = shown[shown.length - 1];
    const gap = before && stale.find((one) => one.from < point[0] && one.to > before[0]);
    if (before && before[1] !== null && gap) shown.push([Math.max(before[0], gap.from), null]);
    shown.push(point);
  }
  return shown;
}

/** The series with a newer reading at its end; the same one when it is not newer. */
export function appended(series: Series, point: Point): Series {
  const last = series.points[series.points.length - 1];
  if (last && last[0] >= point[0]) return series;
  return { ...series, points: [...series.points, point] };
}

/** The known point nearest to a time: what a cursor reads; undefined in a gap or in nothing. */
export function nearest(points: Point[], at: number): Point | undefined {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.[0] ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [points[low - 1], points[low]];
  if (!before) return after;
  if (!after) return before;
  return at - before[0] <= after[0] - at ? before : after;
}

/** A value in the words of its series: 3.42 m. */
export function valueWords(series: Series, value: number | null): string {
  if (value === null) return "—";
  const state = series.states?.[String(value)];
  if (state) return state;
  const text =
    series.decimals === undefined
      ? String(Number(value.toPrecision(5)))
      : value.toFixed(series.decimals);
  return series.unit ? `${text}\u2009${series.unit}` : text;
}
