/** What stands there, and what is wrong there, as layers: pure functions of the palette. */
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import { FONT } from "./base";
import { type Palette, WORDS } from "./palette";

export const GROUPS = ["enterprise", "facility", "target", "sensor", "object"] as const;
/** Where the counts of a group stand beside the middle of their cell, so that none hides another. */
const ASIDE: Record<string, [number, number]> = {
  object: [0, 0],
  enterprise: [0, 26],
  target: [26, 0],
  facility: [-26, 0],
  sensor: [0, -26],
};

/** The address of the tiles; layers: which, of all · at: a moment in ISO 8601, or empty. */
export function thingTiles(origin: string, layers: string[], at: string): string {
  const asked = new URLSearchParams({ layers: layers.join(","), ...(at && { at }) });
  return `${origin}/atlas/tiles/things/{z}/{x}/{y}.pbf?${asked}`;
}

/** signs: the picture of each kind of thing, see `symbol`. */
export function thingLayers(palette: Palette, signs: Map<string, string>): LayerSpecification[] {
  return [...outlines(palette), ...GROUPS.flatMap((group) => groupLayers(group, palette, signs))];
}

function outlines(palette: Palette): LayerSpecification[] {
  return [
    {
      id: "shape-area",
      type: "fill",
      source: "things",
      "source-layer": "shape",
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": palette.muted, "fill-opacity": 0.12 },
    },
    {
      id: "shape-line",
      type: "line",
      source: "things",
      "source-layer": "shape",
      paint: { "line-color": palette.muted, "line-width": 1.5 },
    },
  ];
}

function groupLayers(
  group: string,
  palette: Palette,
  signs: Map<string, string>,
): LayerSpecification[] {
  const place = { source: "things", "source-layer": group };
  const many: ExpressionSpecification = ["has", "c"];
  const aside = ASIDE[group] ?? [0, 0];
  return [
    {
      id: `${group}-disc`,
      type: "circle",
      ...place,
      filter: many,
      paint: {
        "circle-color": palette.surface,
        "circle-stroke-color": palette.hatch,
        "circle-stroke-width": group === "object" ? 1.2 : 0.8,
        "circle-opacity": 0.85,
        "circle-translate": aside,
        "circle-radius": ["interpolate", ["linear"], ["log10", ["get", "c"]], 0, 7, 2, 10, 6, 18],
      },
    },
    {
      id: `${group}-count`,
      type: "symbol",
      ...place,
      filter: many,
      layout: {
        "text-field": ["to-string", ["get", "c"]],
        "text-font": FONT,
        "text-size": 10,
        "text-allow-overlap": true,
        "text-ignore-placement": true,
      },
      paint: { "text-color": palette.muted, "text-translate": aside },
    },
    {
      id: `${group}-one`,
      type: "symbol",
      ...place,
      filter: ["!", many],
      layout: {
        "icon-image": group === "object" || group === "sensor" ? "dot" : signOf(group, signs),
        "icon-size": ["interpolate", ["linear"], ["zoom"], 8, 0.6, 14, 1],
        "icon-allow-overlap": group === "object",
        "icon-padding": 1,
        "text-field": ["step", ["zoom"], "", 13.2, ["get", "n"]],
        "text-font": FONT,
        "text-size": 11,
        "text-anchor": "left",
        "text-offset": [1, 0],
        "text-optional": true,
        "text-max-width": 12,
      },
      paint: {
        "text-color": palette.muted,
        "text-halo-color": palette.ground.halo,
        "text-halo-width": 1.2,
      },
    },
    ...(group === "object" ? [drawings(place, signs)] : []),
  ];
}

/** What an object is, left of its place: the place itself is left to the state. */
function drawings(
  place: { source: string; "source-layer": string },
  signs: Map<string, string>,
): LayerSpecification {
  return {
    id: "object-icon",
    type: "symbol",
    ...place,
    filter: ["!", ["has", "c"]],
    minzoom: 12.5,
    layout: {
      "icon-image": signOf("object", signs),
      "icon-size": ["interpolate", ["linear"], ["zoom"], 12.5, 0.8, 14, 1],
      "icon-offset": [-24, 0],
      // Its own dot would hide it else.
      "icon-allow-overlap": true,
      "icon-ignore-placement": true,
    },
  };
}

function signOf(group: string, signs: Map<string, string>): ExpressionSpecification {
  const pairs = [...signs].filter(([name]) => name.startsWith(`${group}/`));
  const own = signs.get(group);
  const otherwise = own ?? (group === "object" ? "" : "dot");
  if (!pairs.length) return ["literal", otherwise] as unknown as ExpressionSpecification;
  const cases = pairs.flatMap(([name, sign]) => [name.slice(group.length + 1), sign]);
  return ["match", ["get", "t"], ...cases, otherwise] as unknown as ExpressionSpecification;
}

/** The alarms: the worst level on top, gathered from afar into the worst of them and how many. */
export function alarmLayers(palette: Palette): LayerSpecification[] {
  const alone: ExpressionSpecification = ["!", ["has", "point_count"]];
  return [
    {
      id: "picked",
      type: "circle",
      source: "picked",
      paint: {
        "circle-radius": 17,
        "circle-color": "rgba(0,0,0,0)",
        "circle-stroke-color": palette.accent,
        "circle-stroke-width": 3,
      },
    },
    {
      id: "alarm",
      type: "symbol",
      source: "alarms",
      layout: {
        "icon-image": imageOf(),
        "icon-allow-overlap": true,
        "icon-ignore-placement": true,
        "symbol-sort-key": ["coalesce", ["get", "level"], ["get", "worst"], 0],
        "icon-size": ["interpolate", ["linear"], ["zoom"], 6, 0.7, 11, 0.9, 14, 1.1],
      },
      paint: { "icon-opacity": ["case", ["boolean", ["get", "quiet"], false], 0.45, 1] },
    },
    {
      id: "alarm-count",
      type: "symbol",
      source: "alarms",
      filter: ["has", "point_count"],
      layout: {
        "text-field": ["get", "point_count_abbreviated"],
        "text-font": FONT,
        "text-size": 12,
        "text-offset": [1.1, 0.7],
        "text-allow-overlap": true,
      },
      paint: {
        "text-color": palette.text,
        "text-halo-color": palette.ground.halo,
        "text-halo-width": 2,
      },
    },
    {
      id: "alarm-name",
      type: "symbol",
      source: "alarms",
      filter: alone,
      layout: {
        "text-field": [
          "step",
          ["zoom"],
          ["case", [">=", ["get", "level"], 3], ["get", "name"], ""],
          11,
          ["get", "name"],
        ],
        "text-font": FONT,
        "text-size": 12.5,
        "text-anchor": "left",
        "text-offset": [1.2, 0],
        "symbol-sort-key": ["-", 9, ["get", "level"]],
        "text-max-width": 14,
      },
      paint: {
        "text-color": palette.text,
        "text-halo-color": palette.ground.halo,
        "text-halo-width": 1.6,
      },
    },
  ];
}

/** Level by shape and colour; a silent sensor with no level is hatched. */
function imageOf(): ExpressionSpecification {
  const worst: ExpressionSpecification = ["coalesce", ["get", "level"], ["get", "worst"], 0];
  const named = WORDS.slice(1).flatMap((_word, i) => [i + 1, `lv-${i + 1}`]);
  return ["match", worst, ...named, "lv-stale"] as unknown as ExpressionSpecification;
}

/** What was drawn or measured, and the area that was asked about. */
export function drawnLayers(palette: Palette): LayerSpecification[] {
  return [
    {
      id: "drawn-area",
      type: "fill",
      source: "drawn",
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": palette.accent, "fill-opacity": 0.1 },
    },
    {
      id: "drawn-line",
      type: "line",
      source: "drawn",
      filter: ["!=", ["geometry-type"], "Point"],
      paint: { "line-color": palette.accent, "line-width": 2.5 },
    },
    {
      id: "drawn-point",
      type: "circle",
      source: "drawn",
      filter: ["==", ["geometry-type"], "Point"],
      paint: {
        "circle-radius": 4.5,
        "circle-color": palette.surface,
        "circle-stroke-color": palette.accent,
        "circle-stroke-width": 2.5,
      },
    },
  ];
}

/** Areas that somebody has warned of: hatched lightly in the colour of their level, and named. */
export function areaLayers(palette: Palette): LayerSpecification[] {
  const colours = WORDS.slice(1).flatMap((word, i) => [i + 1, palette.fill[word]]);
  const colour = [
    "match",
    ["get", "level"],
    ...colours,
    palette.muted,
  ] as unknown as ExpressionSpecification;
  const isMarked: ExpressionSpecification = ["any", ["has", "sign"], ["has", "icon"]];
  return [
    {
      id: "areas-fill",
      type: "fill",
      source: "areas",
      filter: ["!=", ["geometry-type"], "Point"],
      paint: { "fill-color": colour, "fill-opacity": 0.12 },
    },
    {
      id: "areas-line",
      type: "line",
      source: "areas",
      paint: { "line-color": colour, "line-width": 2, "line-dasharray": [4, 2] },
    },
    {
      id: "areas-name",
      type: "symbol",
      source: "areas",
      filter: ["==", ["geometry-type"], "Point"],
      layout: {
        // An area with a sign of its level stands for people; its shape says the level too. What
        // has an icon of its own is no area, but something that is there.
        "icon-image": ["case", ["has", "icon"], ["get", "icon"], ["has", "sign"], imageOf(), ""],
        "icon-allow-overlap": true,
        "text-optional": true,
        "text-anchor": ["case", isMarked, "top", "center"],
        "text-offset": ["case", isMarked, ["literal", [0, 0.9]], ["literal", [0, 0]]],
        "text-field": ["get", "name"],
        "text-font": FONT,
        "text-size": 13,
        "text-max-width": 12,
      },
      paint: {
        "text-color": palette.text,
        "text-halo-color": palette.ground.halo,
        "text-halo-width": 2,
      },
    },
  ];
}
