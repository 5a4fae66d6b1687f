import type { LevelWord } from "../course/course.ts";

export interface Palette {
  text: string;
  muted: string;
  line: string;
  surface: string;
  hatch: string;
  series: string[];
  fill: Record<LevelWord, string>;
  ink: Record<LevelWord, string>;
  stroke: Record<LevelWord, string>;
  font: string;
}

const LEVELS: LevelWord[] = ["red", "orange", "yellow", "blue"];

/** The colours of the theme that an element wears now. */
export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const of = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const levels = (suffix: string): Record<LevelWord, string> =>
    Object.fromEntries(LEVELS.map((level) => [level, of(level + suffix)])) as Palette["fill"];
  return {
    text: of("text"),
    muted: of("muted"),
    line: of("line"),
    surface: of("surface"),
    hatch: of("hatch"),
    series: [1, 2, 3, 4].map((n) => of(`series-${n}`)),
    fill: levels(""),
    ink: levels("-ink"),
    stroke: levels("-line"),
    font: style.fontFamily,
  };
}
