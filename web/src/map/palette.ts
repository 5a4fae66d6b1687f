/** The colours of the map, by theme: quiet ground, levels from the tokens of the page. */
export type Word = "none" | "blue" | "yellow" | "orange" | "red";

export interface Palette {
  dark: boolean;
  ground: Record<
    | "sea"
    | "land"
    | "wood"
    | "relief"
    | "water"
    | "river"
    | "building"
    | "border"
    | "road"
    | "highway"
    | "rail"
    | "name"
    | "waterName"
    | "halo",
    string
  >;
  fill: Record<Word, string>;
  ink: Record<Word, string>;
  text: string;
  muted: string;
  surface: string;
  accent: string;
  hatch: string;
}

const LIGHT = {
  sea: "#dde5e9",
  land: "#f4f4f1",
  wood: "#e7ece2",
  relief: "#8a8f78",
  water: "#cfdde4",
  river: "#b3c8d2",
  building: "#dcdedf",
  border: "#8d96a3",
  road: "#ffffff",
  highway: "#c9ccd2",
  rail: "#a9afb8",
  name: "#3c4450",
  waterName: "#5a7482",
  halo: "#f7f7f5",
};
const DARK = {
  sea: "#0a0f14",
  land: "#151b22",
  wood: "#17211f",
  relief: "#7d8a86",
  water: "#10222e",
  river: "#1d3848",
  building: "#212a34",
  border: "#5b6a7c",
  road: "#2a343f",
  highway: "#3a4653",
  rail: "#3f4a56",
  name: "#b9c3d0",
  waterName: "#6f93a6",
  halo: "#0e1319",
};
export const WORDS: Word[] = ["none", "blue", "yellow", "orange", "red"];

/** read: a token of the page by name, such as `--red`. */
export function paletteOf(dark: boolean, read: (name: string) => string): Palette {
  const both = (suffix: string, none: string): Record<Word, string> => ({
    none: read(none),
    blue: read(`--blue${suffix}`),
    yellow: read(`--yellow${suffix}`),
    orange: read(`--orange${suffix}`),
    red: read(`--red${suffix}`),
  });
  return {
    dark,
    ground: dark ? DARK : LIGHT,
    fill: both("", "--normal"),
    ink: both("-ink", "--normal-ink"),
    text: read("--text"),
    muted: read("--muted"),
    surface: read("--surface"),
    accent: read("--accent"),
    hatch: read("--hatch"),
  };
}
