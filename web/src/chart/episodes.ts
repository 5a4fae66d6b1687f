import { type Episode, SHAPES } from "../course/course.ts";
import type { Scene } from "./option.ts";

interface Api {
  value: (dimension: number) => number;
  coord: (at: [number, number]) => [number, number];
}

/** The alarms as a band under the axis: colour, and the level's shape where there is room. */
export function episodeBand(episodes: Episode[], scene: Scene): Record<string, unknown> {
  const { span, now } = scene;
  const shown = episodes.filter((one) => one.from < span.to && (one.to ?? now) > span.from);
  return {
    id: "episodes",
    type: "custom",
    silent: true,
    xAxisIndex: 1,
    yAxisIndex: 1,
    encode: { x: [0, 1], y: -1 },
    data: shown.map((one, i) => [
      Math.max(one.from, span.from),
      Math.min(one.to ?? now, span.to),
      i,
    ]),
    renderItem: (_: unknown, api: Api) => bar(shown[api.value(2)], api, scene),
  };
}

function bar(episode: Episode | undefined, api: Api, { palette }: Scene): unknown {
  const [left, top] = api.coord([api.value(0), 1]);
  const [right, bottom] = api.coord([api.value(1), 0]);
  const width = Math.max(2, right - left);
  const level = episode?.level;
  const shape = { x: left, y: top, width, height: bottom - top };
  const fill = level ? palette.fill[level] : palette.muted;
  const parts: unknown[] = [{ type: "rect", shape, style: { fill } }];
  if (level && width >= 14) {
    const text = SHAPES[level];
    const style = { text, x: left + 3, y: top + 1, fill: palette.ink[level], fontSize: 10 };
    parts.push({ type: "text", style });
  }
  return { type: "group", children: parts };
}
