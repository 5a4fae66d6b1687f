import type { EChartsCoreOption } from "echarts/core";
import {
  type Course,
  type Limit,
  type Series,
  SHAPES,
  valueWords,
  withGaps,
} from "../course/course.ts";
import { type Extent, extent } from "../course/extent.ts";
import type { Span } from "../course/span.ts";
import { ticks, tickWords } from "../course/ticks.ts";
import { episodeBand } from "./episodes.ts";
import { hatch } from "./hatch.ts";
import type { Palette } from "./palette.ts";

export interface Scene {
  course: Course;
  span: Span;
  palette: Palette;
  zone: string;
  width: number;
  now: number;
}

type Piece = Record<string, unknown>;
const LEFT = 52;
/** Room for the labels of the limits, where there are any; less on a phone. */
const rightOf = ({ course, width }: Scene): number => {
  if (!course.limits?.length) return 16;
  return width < 480 ? 72 : 92;
};
const TOP = { plain: 10, marked: 24 };
const SMALLEST_PX = 11;

/** What ECharts is to draw: data in accent and greys, limits as thin lines, gaps as gaps. */
export function optionOf(scene: Scene): EChartsCoreOption {
  const reach = extent(scene.course);
  const { course, palette } = scene;
  const right = rightOf(scene);
  return {
    animation: false,
    textStyle: { fontFamily: palette.font, color: palette.text, fontSize: 12 },
    grid: [
      { left: LEFT, right, top: course.marks?.length ? TOP.marked : TOP.plain, bottom: 40 },
      { left: LEFT, right, height: 12, bottom: 4 },
    ],
    xAxis: [timeAxis(scene), { ...plainTime(scene), gridIndex: 1, show: false }],
    yAxis: [
      valueAxis(reach, palette, course.series[0]?.states),
      { type: "value", gridIndex: 1, min: 0, max: 1, show: false },
    ],
    axisPointer: {
      lineStyle: { color: palette.muted, type: "solid", width: 1 },
      label: { show: false },
    },
    series: [
      ...course.series.flatMap((series, i) => dataOf(series, scene, i)),
      ...(course.limits ?? []).map((limit) => limitOf(limit, scene)),
      episodeBand(course.episodes ?? [], scene),
    ],
  };
}

function plainTime({ span }: Scene): Piece {
  return { type: "time", min: span.from, max: span.to };
}

function timeAxis(scene: Scene): Piece {
  const { span, palette, zone, width } = scene;
  const shown = ticks(span, Math.max(2, Math.floor((width - LEFT - rightOf(scene)) / 64)), zone);
  return {
    ...plainTime(scene),
    axisPointer: { show: true, snap: false, triggerTooltip: false },
    axisLine: { lineStyle: { color: palette.line } },
    axisTick: { show: true, customValues: shown, lineStyle: { color: palette.line } },
    axisLabel: {
      customValues: shown,
      color: palette.muted,
      fontSize: SMALLEST_PX,
      hideOverlap: true,
      formatter: (at: number) => tickWords(at, zone),
    },
    splitLine: { show: false },
  };
}

function valueAxis(
  { low, high }: Extent,
  palette: Palette,
  states: Record<string, string> = {},
): Piece {
  const named = Object.keys(states).map(Number);
  const isStates = named.length > 0;
  return {
    type: "value",
    min: low,
    max: high,
    splitNumber: 3,
    axisLabel: {
      color: palette.muted,
      fontSize: SMALLEST_PX,
      ...(isStates && { customValues: named, width: LEFT - 8, overflow: "break" }),
      showMinLabel: isStates,
      showMaxLabel: isStates,
      formatter: (value: number) => (isStates ? (states[String(value)] ?? "") : axisWords(value)),
    },
    splitLine: { show: !isStates, lineStyle: { color: palette.line } },
  };
}

function axisWords(value: number): string {
  return String(Number(value.toPrecision(5)));
}

/** A series: its line, and the band between the least and the greatest of each piece. */
function dataOf(series: Series, scene: Scene, i: number): Piece[] {
  const color = scene.palette.series[i % scene.palette.series.length];
  const stale = scene.course.stale ?? [];
  const line: Piece = {
    ...quiet(`s:${series.key}`),
    data: withGaps(series.points, stale),
    lineStyle: { color, width: 1.5 },
    itemStyle: { color },
    // A reading that stands alone between two gaps has no line: it is a dot.
    showSymbol: true,
    symbolSize: (_: unknown, at: { dataIndex: number }) =>
      isAlone(series.points, at.dataIndex) ? 4 : 0,
    z: 3,
  };
  if (i === 0) {
    line.markArea = staleAreas(stale, scene.palette);
    line.markLine = marks(scene);
  }
  return [...bandOf(series, color), line];
}

function isAlone(points: Series["points"], i: number): boolean {
  return (points[i - 1]?.[1] ?? null) === null && (points[i + 1]?.[1] ?? null) === null;
}

function quiet(id: string): Piece {
  return {
    id,
    type: "line",
    silent: true,
    symbol: "circle",
    showSymbol: false,
    connectNulls: false,
  };
}

function bandOf(series: Series, color: string | undefined): Piece[] {
  if (!series.band?.length) return [];
  const base = {
    lineStyle: { opacity: 0 },
    stack: `b:${series.key}`,
    stackStrategy: "all",
    symbol: "none",
  };
  const broken = pairedWithGaps(series);
  return [
    { ...quiet(`l:${series.key}`), ...base, data: broken.map(([at, min]) => [at, min]) },
    {
      ...quiet(`h:${series.key}`),
      ...base,
      data: broken.map(([at, min, max]) => [at, min === null || max === null ? null : max - min]),
      areaStyle: { color, opacity: 0.18 },
    },
  ];
}

/** The band broken where the line is. */
function pairedWithGaps(series: Series): [number, number | null, number | null][] {
  const rows: [number, number | null, number | null][] = [...(series.band ?? [])];
  for (const [at, value] of series.points) if (value === null) rows.push([at, null, null]);
  return rows.sort((a, b) => a[0] - b[0]);
}

function limitOf(limit: Limit, scene: Scene): Piece {
  const { palette, span, course } = scene;
  const color = limit.level ? palette.stroke[limit.level] : palette.muted;
  const from = Math.max(limit.from ?? span.from, span.from);
  const to = Math.min(limit.to ?? span.to, span.to);
  const unit = course.series[0];
  const words = unit ? valueWords(unit, limit.value) : String(limit.value);
  return {
    ...quiet(`t:${limit.level}:${limit.value}:${limit.from ?? ""}`),
    data:
      from < to
        ? [
            [from, limit.value],
            [to, limit.value],
          ]
        : [],
    lineStyle: { color, width: 1 },
    endLabel: {
      show: to >= span.to,
      formatter: `${limit.level ? SHAPES[limit.level] : "–"} ${words}`,
      color,
      fontSize: SMALLEST_PX,
      distance: 4,
      lineHeight: 15,
      padding: [1, 0],
    },
    labelLayout: { moveOverlap: "shiftY" },
    z: 2,
  };
}

function staleAreas(stale: { from: number; to: number }[], palette: Palette): Piece {
  return {
    silent: true,
    itemStyle: { color: hatch(palette.hatch) },
    data: stale.map((one) => [{ xAxis: one.from }, { xAxis: one.to }]),
  };
}

function marks({ course, palette, span }: Scene): Piece {
  const inside = (course.marks ?? []).filter((one) => one.at >= span.from && one.at <= span.to);
  return {
    silent: true,
    symbol: "none",
    data: inside.map((mark) => ({
      xAxis: mark.at,
      lineStyle: { color: palette.text, type: "dashed", width: 1 },
      label: {
        formatter: `${mark.level ? `${SHAPES[mark.level]} ` : ""}${mark.label}`,
        color: palette.text,
        fontSize: SMALLEST_PX,
        position: "end",
        distance: 4,
      },
    })),
  };
}
