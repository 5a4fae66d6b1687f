/** `<an-map>`: the base, what stands there, what is wrong there; see `attributes` below. */
import type * as GeoJSON from "geojson";
import {
  AttributionControl,
  type GeoJSONSource,
  Map as LibreMap,
  type MapGeoJSONFeature,
  type MapMouseEvent,
  NavigationControl,
  type PointLike,
  ScaleControl,
  type StyleSpecification,
  type VectorTileSource,
} from "maplibre-gl";
import { hear, tell } from "../desk/events";
import { theme } from "../desk/theme";
import { word } from "../desk/words";
import { type Base, baseStyle } from "./base";
import { Pen } from "./draw";
import { boxOf, type Lonlat, parsed, shapeOf } from "./ground";
import { paletteOf } from "./palette";
import { RATIO, symbol } from "./symbols";
import { alarmLayers, areaLayers, drawnLayers, GROUPS, thingLayers, thingTiles } from "./things";

/** What a map opens on: the box of the jurisdiction, and which base is drawn. */
interface Opening {
  bbox: [number, number, number, number];
  base: Base;
}

type Answer = GeoJSON.FeatureCollection<GeoJSON.Point, Mark> & Opening;

export interface Mark {
  o: string;
  k: string;
  name: string;
  level: number;
  stale: boolean;
}

/** What was clicked besides alarms: a thing of the tiles. */
export interface Thing {
  group: string;
  key: string;
  name: string;
  at: Lonlat;
}

const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
const AGAIN_MS = 800;
/** How often areas are asked for again. */
const AREAS_MS = 15_000;

/** Areas as an address gives them; count: how many its layer tells of, also what has no land. */
type Surroundings = GeoJSON.FeatureCollection & { count?: number };
/** What can be drawn, with the sign of its button. */
const TOOLS = [
  ["point", "•"],
  ["line", "╱"],
  ["circle", "◯"],
  ["polygon", "⬠"],
  ["none", "✕"],
] as const;
/** Names are placed anew this often while the map moves: with no fade it would be at every frame. */
const FADE_MS = 200;

/**
 * src: where the marks come from · opening: what it opens on, so that it does not wait for the
 * marks · mode: view, strip (small, beside a list) or draw · shape, label:
 * something of one's own to show, as GeoJSON · for: the id of the field that a drawing goes to ·
 * tools: what can be drawn, of `TOOLS`.
 */
export class AnMap extends HTMLElement {
  map: LibreMap | undefined;
  pen: Pen | undefined;
  /** The layers of things that are on; undefined: none is ever shown. */
  layers: string[] | undefined;
  signs = new Map<string, string>();
  marks: GeoJSON.Feature<GeoJSON.Point, Mark>[] = [];
  private readonly areas = new Map<string, { told: Surroundings; tag: string }>();
  private looking: number | undefined;
  private opening: Opening | undefined;
  private answer: Answer | undefined;
  private shown: Answer | undefined;
  private moment = "";
  private tag = "";
  private chosen = "";
  private wait: number | undefined;
  private isStyled = false;
  private isOwed = false;
  private hidden_: Set<string> = new Set();

  connectedCallback(): void {
    if (this.map) return;
    void this.open();
  }

  disconnectedCallback(): void {
    // A swap moves the element: it is away for a moment only.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.map?.remove();
      this.map = undefined;
    });
  }

  private async open(): Promise<void> {
    const marks = this.load();
    this.opening ??= parsed<Opening>(this.getAttribute("opening") ?? "");
    if (!this.opening) await marks;
    if (this.map || !this.isConnected || !this.opening) return;
    try {
      this.map = new LibreMap({
        container: this,
        style: this.painted(),
        attributionControl: false,
        fadeDuration: FADE_MS,
        bounds: this.opening.bbox,
        fitBoundsOptions: { padding: this.padding() },
        maxZoom: 20,
        pitchWithRotate: false,
        dragRotate: false,
        touchPitch: false,
        locale: this.words(),
      });
    } catch {
      this.textContent = word("failed"); // no WebGL: the lists beside the map say the same
      return;
    }
    this.furnish(this.map, marks);
  }

  /** Room for the panels that float over the map of the whole page. */
  private padding(): { top: number; bottom: number; left: number; right: number } {
    const panels = this.closest("[data-map-page]") !== null && this.clientWidth > 900;
    return { top: 24, right: 24, bottom: panels ? 84 : 24, left: panels ? 320 : 24 };
  }

  private words(): Record<string, string> {
    const words = { "Map.Title": this.getAttribute("aria-label") ?? word("map") };
    return {
      ...words,
      "NavigationControl.ZoomIn": word("zoom-in"),
      "NavigationControl.ZoomOut": word("zoom-out"),
    };
  }

  private furnish(map: LibreMap, marks: Promise<void>): void {
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    if (this.mode !== "strip") map.addControl(new ScaleControl({ unit: "metric" }), "bottom-right");
    if (this.opening?.base.url) map.addControl(new AttributionControl({ compact: true }));
    map.setMissingStyleImageResolver((id) => this.draw(id));
    map.on("click", (event) => this.pressed(event));
    map.on("mousemove", (event) => {
      if (map.isMoving()) return; // nobody points at something while the hand drags
      map.getCanvas().classList.toggle("is-over", this.hits(event.point).length > 0);
    });
    map.getCanvas().addEventListener("keydown", (event) => this.key(event));
    this.pen = new Pen(map);
    map.once("style.load", () => {
      this.isStyled = true;
      if (this.isOwed) this.restyle();
      this.showMarks();
    });
    const loaded = new Promise((resolve) => map.once("load", resolve));
    void Promise.all([loaded, marks]).then(() => this.ready(map));
    this.listen();
  }

  /** Whole: the base, what stands there and what is wrong there are drawn. */
  private async ready(map: LibreMap): Promise<void> {
    this.showMarks();
    if (!map.loaded()) await map.once("idle");
    this.ownShape();
    this.dataset.ready = "true";
    this.dispatchEvent(new CustomEvent("an-map-ready", { bubbles: true }));
  }

  private listen(): void {
    clearInterval(this.looking);
    this.looking = window.setInterval(() => this.again(), AREAS_MS);
    hear("an-theme", () => this.restyle());
    hear("an-alarms", () => {
      if (this.moment || this.wait !== undefined) return;
      this.wait = window.setTimeout(() => {
        this.wait = undefined;
        void this.load();
      }, AGAIN_MS);
    });
    hear("an-select", ({ id, from }) => {
      if (from === "map" || id === this.chosen) return;
      this.pick(id);
      const at = this.placeOf(id);
      if (at && this.map && !this.map.getBounds().contains(at)) this.map.easeTo({ center: at });
    });
  }

  get mode(): string {
    return this.getAttribute("mode") ?? "view";
  }

  /** Asks for the marks; unchanged ones cost a word. */
  async load(): Promise<void> {
    const url = new URL(this.getAttribute("src") ?? "/map/alarms.json", location.href);
    if (this.moment) url.searchParams.set("at", this.moment);
    const headers = { "HX-Request": "true", ...(this.tag && { "If-None-Match": this.tag }) };
    const answer = await fetch(url, { headers, cache: "no-store" }).catch(() => undefined);
    if (answer?.status === 304) return;
    if (!answer?.ok) {
      tell("an-toast", { text: word("failed") });
      return;
    }
    this.tag = answer.headers.get("ETag") ?? "";
    this.answer = (await answer.json()) as Answer;
    this.opening ??= this.answer;
    this.marks = this.answer.features;
    this.showMarks();
    this.pick(this.chosen);
    this.dispatchEvent(new CustomEvent("an-map-marks", { bubbles: true }));
  }

  private showMarks(): void {
    if (!this.answer || this.shown === this.answer) return;
    const source = this.map?.getSource<GeoJSONSource>("alarms");
    source?.setData(this.answer);
    if (source) this.shown = this.answer;
  }

  /** Shows how it stood at a local moment; empty: now. */
  async travel(moment: string): Promise<void> {
    this.moment = moment;
    this.tag = "";
    this.classList.toggle("is-past", Boolean(moment));
    // What stands now did not stand then.
    this.map?.getSource<GeoJSONSource>("areas")?.setData(this.around());
    this.retile();
    await this.load();
  }

  /** Areas that an address gives, under everything that stands there; unchanged ones cost a word. */
  async surround(url: string): Promise<void> {
    const known = this.areas.get(url);
    const headers: Record<string, string> = known?.tag ? { "If-None-Match": known.tag } : {};
    const answer = await fetch(url, { headers, cache: "no-store" }).catch(() => undefined);
    if (!answer?.ok) return;
    const told = (await answer.json()) as Surroundings;
    this.areas.set(url, { told, tag: answer.headers.get("ETag") ?? "" });
    const source = this.map?.getSource<GeoJSONSource>("areas");
    if (source) source.setData(this.around());
    else this.restyle();
    const detail = { url, count: told.count };
    this.dispatchEvent(new CustomEvent("an-map-areas", { bubbles: true, detail }));
  }

  /** Asks again for all that surrounds: who has answered, and what was lifted, is there no more. */
  private again(): void {
    if (!this.isConnected) clearInterval(this.looking);
    else if (!document.hidden && !this.moment)
      for (const url of this.areas.keys()) void this.surround(url);
  }

  /** The areas that are shown now, of all addresses. */
  private around(): GeoJSON.FeatureCollection {
    const shown = [...this.areas].filter(([url]) => !this.hidden_.has(url));
    const features = this.moment ? [] : shown.flatMap(([, one]) => one.told.features);
    return { type: "FeatureCollection", features };
  }

  /** Switches layers of things. */
  wear(layers: string[]): void {
    this.layers = layers;
    if (this.map && !this.map.getSource("things")) this.restyle();
    else this.retile();
  }

  /** Shows or hides layers of the style whose name begins so. */
  toggle(prefix: string, isOn: boolean): void {
    if (isOn) this.hidden_.delete(prefix);
    else this.hidden_.add(prefix);
    this.restyle();
  }

  private retile(): void {
    const tiles = thingTiles(location.origin, this.layers ?? [], this.moment);
    const source = this.map?.getSource<VectorTileSource>("things");
    if (source) source.setTiles([tiles]);
    else if (this.map) this.isOwed = true;
  }

  private palette() {
    const read = getComputedStyle(document.documentElement);
    return paletteOf(theme() === "dark", (name) => read.getPropertyValue(name).trim());
  }

  private painted(): StyleSpecification {
    const palette = this.palette();
    const base = this.opening?.base ?? { v: "", url: "", gcj02: false };
    const style = baseStyle({
      palette,
      origin: location.origin,
      base,
      en: document.documentElement.lang === "en",
    });
    this.shown = this.answer;
    style.sources.alarms = {
      type: "geojson",
      data: this.answer ?? EMPTY,
      cluster: true,
      clusterRadius: 34,
      clusterMaxZoom: 9,
      clusterProperties: { worst: ["max", ["get", "level"]] },
    };
    style.sources.areas = { type: "geojson", data: this.around() };
    style.layers.push(...areaLayers(palette));
    style.sources.picked = { type: "geojson", data: EMPTY };
    style.sources.drawn = { type: "geojson", data: EMPTY };
    if (this.layers) {
      style.sources.things = {
        type: "vector",
        tiles: [thingTiles(location.origin, this.layers, this.moment)],
        maxzoom: 16,
      };
      style.layers.push(...thingLayers(palette, this.signs));
    }
    // Names of places are read above the counts, and below what is wrong.
    const names = style.layers.filter((one) => one.id.startsWith("label-"));
    style.layers = style.layers.filter((one) => !names.includes(one));
    style.layers.push(...names, ...drawnLayers(palette), ...alarmLayers(palette));
    style.layers = style.layers.filter(
      (one) => ![...this.hidden_].some((hid) => one.id.startsWith(hid)),
    );
    return style;
  }

  private restyle(): void {
    const map = this.map;
    this.isOwed = !this.isStyled;
    if (!map || this.isOwed) return; // drawn when the style is read
    map.setStyle(this.painted(), { diff: true });
    for (const id of map.listImages()) this.draw(id);
    this.pick(this.chosen);
  }

  private draw(id: string): void {
    const image = symbol(id, this.palette());
    if (!image || !this.map) return;
    if (this.map.hasImage(id)) this.map.updateImage(id, image);
    else this.map.addImage(id, image, { pixelRatio: RATIO });
  }

  private hits(point: PointLike & { x: number; y: number }): MapGeoJSONFeature[] {
    const map = this.map;
    if (!map || this.pen?.isBusy) return [];
    const names = ["alarm", ...GROUPS.flatMap((g) => [`${g}-one`, `${g}-disc`])].filter((id) =>
      map.getLayer(id),
    );
    const box: [PointLike, PointLike] = [
      [point.x - 8, point.y - 8],
      [point.x + 8, point.y + 8],
    ];
    return map.queryRenderedFeatures(box, { layers: names });
  }

  private pressed(event: MapMouseEvent): void {
    const [hit] = this.hits(event.point);
    if (hit) this.take(hit);
    else if (!this.pen?.isBusy) this.within(event.point);
  }

  /** Leads on from the name of an area, where one was pressed. */
  private within(point: PointLike): void {
    if (!this.map?.getLayer("areas-name")) return;
    const [area] = this.map.queryRenderedFeatures(point, { layers: ["areas-name"] });
    const detail = String(area?.properties.url ?? "");
    if (detail) this.dispatchEvent(new CustomEvent<string>("an-map-area", { detail }));
  }

  /** Enter takes what lies nearest to the middle of the map. */
  private key(event: KeyboardEvent): void {
    const map = this.map;
    if (event.key !== "Enter" || !map || this.pen?.isBusy) return;
    const { x, y } = map.project(map.getCenter());
    const near = this.marks
      .map((mark) => ({ mark, at: map.project(mark.geometry.coordinates as Lonlat) }))
      .map(({ mark, at }) => ({ mark, far: Math.hypot(at.x - x, at.y - y) }))
      .sort((a, b) => a.far - b.far)[0];
    if (near) this.choose(near.mark.properties.o);
  }

  private take(hit: MapGeoJSONFeature): void {
    const at = (hit.geometry as GeoJSON.Point).coordinates as Lonlat;
    const known = hit.properties;
    if (known.cluster) void this.enter(known.cluster_id as number, at);
    else if ("c" in known) this.map?.easeTo({ center: at, zoom: this.map.getZoom() + 2 });
    else if (known.o) this.choose(String(known.o), at);
    else if (hit.sourceLayer === "object") this.choose(String(known.k), at);
    else {
      const detail: Thing = {
        group: hit.sourceLayer ?? "",
        key: String(known.k),
        name: String(known.n),
        at,
      };
      this.mark(at);
      this.dispatchEvent(new CustomEvent<Thing>("an-map-thing", { detail, bubbles: true }));
    }
  }

  private async enter(cluster: number, center: Lonlat): Promise<void> {
    const source = this.map?.getSource<GeoJSONSource>("alarms");
    const zoom = await source?.getClusterExpansionZoom(cluster);
    this.map?.easeTo({ center, zoom: Math.max(zoom ?? 0, (this.map?.getZoom() ?? 0) + 1) });
  }

  /** Chooses an object here and everywhere on the page. */
  choose(id: string, at?: Lonlat): void {
    this.pick(id, at);
    tell("an-select", { id, from: "map" });
  }

  placeOf(id: string): Lonlat | undefined {
    return this.marks.find((one) => one.properties.o === id)?.geometry.coordinates as
      | Lonlat
      | undefined;
  }

  private pick(id: string, at?: Lonlat): void {
    const isSame = id === this.chosen;
    this.chosen = id;
    const place = at ?? this.placeOf(id);
    if (place || !isSame || !id) this.mark(place);
  }

  /** A ring about a place; none without one. */
  mark(at?: Lonlat): void {
    const features: GeoJSON.Feature[] = at
      ? [{ type: "Feature", geometry: { type: "Point", coordinates: at }, properties: {} }]
      : [];
    this.map?.getSource<GeoJSONSource>("picked")?.setData({ type: "FeatureCollection", features });
  }

  /** Shows a shape of its own and moves to it. */
  lay(shape: GeoJSON.Geometry | undefined, isMoving = false): void {
    const features: GeoJSON.Feature[] = shape
      ? [{ type: "Feature", geometry: shape, properties: {} }]
      : [];
    this.map?.getSource<GeoJSONSource>("drawn")?.setData({ type: "FeatureCollection", features });
    if (shape && isMoving)
      this.map?.fitBounds(boxOf(shape), { padding: 60, maxZoom: 15, animate: false });
  }

  private ownShape(): void {
    const field = document.getElementById(
      this.getAttribute("for") ?? "",
    ) as HTMLTextAreaElement | null;
    const text = this.getAttribute("shape") || field?.value || "";
    const shape = shapeOf(text);
    if (shape) this.lay(shape, true);
    field?.addEventListener("input", () => this.lay(shapeOf(field.value)));
    if (this.mode === "draw" && field) this.toolbar(field);
  }

  /** Signs for point, line, polygon and nothing; their words come from the page. */
  private toolbar(field: HTMLTextAreaElement | HTMLInputElement): void {
    const bar = document.createElement("div");
    bar.className = "map-draw";
    const write = (text: string): void => {
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const tools = this.getAttribute("tools") ?? "point line polygon none";
    for (const [kind, sign] of TOOLS) {
      if (!tools.split(" ").includes(kind)) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = sign;
      button.setAttribute("aria-label", word(`draw-${kind}`));
      button.title = word(`draw-${kind}`);
      button.addEventListener("click", () => {
        if (kind === "none") write("");
        else
          this.pen?.start(kind, {
            changed: () => undefined,
            left: () => undefined,
            done: (shape) => write(JSON.stringify(shape)),
          });
      });
      bar.append(button);
    }
    this.append(bar);
  }
}
