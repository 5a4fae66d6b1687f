import type { Course, Limit } from "./course.ts";

/** A limit is shown while it lies within so many heights of the data; farther ones flatten all. */
const REACH = 1.5;
const MARGIN = 0.06;

export interface Extent {
  low: number;
  high: number;
  /** The limits beyond the picture. */
  beyond: Limit[];
}

/** From where to where the value axis goes: the data, and the limits that are near them. */
export function extent(course: Course): Extent {
  const values = course.series.flatMap((series) => [
    ...series.points.map((point) => point[1]).filter((value) => value !== null),
    ...(series.band ?? []).flatMap(([, min, max]) => [min, max]),
    ...Object.keys(series.states ?? {}).map(Number),
  ]);
  const limits = course.limits ?? [];
  if (values.length === 0) values.push(...limits.map((limit) => limit.value));
  if (values.length === 0) return { low: 0, high: 1, beyond: [] };
  const [low, high] = span(values);
  const height = high - low || Math.abs(high) * 0.1 || 1;
  const isNear = (limit: Limit): boolean =>
    limit.value >= low - REACH * height && limit.value <= high + REACH * height;
  const [bottom, top] = span([low, high, ...limits.filter(isNear).map((limit) => limit.value)]);
  const margin = (top - bottom || height) * MARGIN;
  return { low: bottom - margin, high: top + margin, beyond: limits.filter((l) => !isNear(l)) };
}

/** The least and the greatest; a loop, for there may be more values than a call takes. */
function span(values: number[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
