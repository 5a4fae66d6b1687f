/** The base map as layers: a pure function of the palette. */
import type { LayerSpecification, StyleSpecification } from "maplibre-gl";
import type { Palette } from "./palette";
import { gcjAddress } from "./provider";

/** Glyphs are drawn by the browser from the fonts of the page: none is downloaded. */
export const FONT = [
  "Noto Sans SC",
  "Noto Sans CJK SC",
  "PingFang SC",
  "Microsoft YaHei",
  "sans-serif",
];

/** v: version of the site's own tiles · url: a provider's tiles instead, or empty. */
export interface Base {
  v: string;
  url: string;
  gcj02: boolean;
}

export interface Ground {
  palette: Palette;
  origin: string;
  base: Base;
  en: boolean;
}

export function baseStyle(ground: Ground): StyleSpecification {
  const tiles = `${ground.origin}/atlas/tiles/base/{z}/{x}/{y}.pbf?v=${ground.base.v}`;
  const style: StyleSpecification = {
    version: 8,
    sources: { base: { type: "vector", tiles: [tiles], maxzoom: 14 } },
    layers: baseLayers(ground.palette, ground.en),
  };
  return ground.base.url ? withProvider(style, ground) : style;
}

/** A provider's raster under our borders and names of districts; its own names stay its own. */
function withProvider(style: StyleSpecification, ground: Ground): StyleSpecification {
  const { url: named, gcj02 } = ground.base;
  const whole = named.startsWith("/") ? `${ground.origin}${named}` : named;
  const url = gcj02 ? gcjAddress(whole) : whole;
  style.sources.provider = { type: "raster", tiles: [url], tileSize: 256, maxzoom: 18 };
  const kept = style.layers.filter((one) => one.id === "sea" || one.id.startsWith("border"));
  kept.splice(1, 0, { id: "provider", type: "raster", source: "provider" });
  style.layers = kept;
  return style;
}

export function baseLayers(palette: Palette, en: boolean): LayerSpecification[] {
  const g = palette.ground;
  const area = (id: string, layer: string, colour: string, opacity = 1): LayerSpecification => ({
    id,
    type: "fill",
    source: "base",
    "source-layer": layer,
    paint: { "fill-color": colour, "fill-opacity": opacity, "fill-antialias": opacity === 1 },
  });
  return [
    { id: "sea", type: "background", paint: { "background-color": g.sea } },
    {
      ...area("land", "land", g.land),
      filter: ["==", ["geometry-type"], "Polygon"],
    } as LayerSpecification,
    area("relief", "contour", g.relief, palette.dark ? 0.05 : 0.07),
    area("wood", "green", g.wood, palette.dark ? 0.55 : 0.6),
    area("water", "water", g.water),
    {
      id: "river",
      type: "line",
      source: "base",
      "source-layer": "river",
      paint: { "line-color": g.river, "line-width": wide(0.6, 2.4) },
    },
    { ...area("building", "building", g.building), minzoom: 13 } as LayerSpecification,
    ...roads(palette),
    {
      id: "border",
      type: "line",
      source: "base",
      "source-layer": "border",
      paint: {
        "line-color": g.border,
        "line-opacity": ["match", ["get", "r"], [2, 4, 6], 0.7, 0.3],
        "line-width": ["match", ["get", "r"], [2, 4], 1.6, 6, 1.2, 0.7],
        "line-dasharray": [4, 2],
      },
    },
    ...names(palette, en),
  ];
}

function roads(palette: Palette): LayerSpecification[] {
  const g = palette.ground;
  const road = (
    id: string,
    kinds: string[],
    colour: string,
    widths: [number, number],
  ): LayerSpecification => ({
    id,
    type: "line",
    source: "base",
    "source-layer": "road",
    filter: ["in", ["get", "t"], ["literal", kinds]],
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": colour, "line-width": wide(...widths) },
  });
  return [
    road("street", ["street"], g.road, [0.3, 4]),
    road("county-road", ["county"], palette.dark ? g.road : g.highway, [0.4, 3]),
    road("road-case", ["provincial", "national"], g.highway, [1, 7]),
    road("road", ["provincial", "national"], g.road, [0.5, 5]),
    road("motorway", ["motorway"], g.highway, [1.4, 9]),
    road("rail", ["rail"], g.rail, [0.6, 2]),
  ];
}

function names(palette: Palette, en: boolean): LayerSpecification[] {
  const g = palette.ground;
  const text = ["coalesce", ["get", en ? "e" : "n"], ""] as unknown as string;
  const halo = { "text-halo-color": g.halo, "text-halo-width": 1.4 };
  const named = (
    id: string,
    kinds: string[],
    sizes: [number, number],
    zoom: number,
  ): LayerSpecification => ({
    id: `label-${id}`,
    type: "symbol",
    source: "base",
    "source-layer": "label",
    minzoom: zoom,
    filter: ["in", ["get", "t"], ["literal", kinds]],
    layout: {
      "text-field": text,
      "text-font": FONT,
      "text-size": wide(...sizes),
      "text-padding": 6,
      "text-max-width": 8,
      "symbol-sort-key": ["get", "r"],
    },
    paint: { "text-color": id === "village" ? palette.muted : g.name, ...halo },
  });
  return [
    {
      id: "label-river",
      type: "symbol",
      source: "base",
      "source-layer": "river",
      minzoom: 10,
      filter: ["has", "n"],
      layout: {
        "text-field": text,
        "text-font": FONT,
        "text-size": 12,
        "symbol-placement": "line",
        "symbol-spacing": 400,
      },
      paint: { "text-color": g.waterName, ...halo },
    },
    {
      id: "label-water",
      type: "symbol",
      source: "base",
      "source-layer": "water",
      minzoom: 11,
      filter: ["all", ["has", "n"], ["in", ["get", "t"], ["literal", ["reservoir", "lake"]]]],
      layout: { "text-field": text, "text-font": FONT, "text-size": 12 },
      paint: { "text-color": g.waterName, ...halo },
    },
    named("village", ["village"], [10, 13], 12.5),
    named("town", ["town"], [11, 14], 10),
    named("county", ["county"], [12, 17], 6),
    named("city", ["city"], [14, 20], 4),
  ];
}

/** A width or size that grows from the zoom of a province to that of a street. */
export function wide(from: number, to: number): number {
  return ["interpolate", ["exponential", 1.4], ["zoom"], 7, from, 16, to] as unknown as number;
}
