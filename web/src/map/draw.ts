/** Drawing with mouse, finger or keys: points, lines, polygons, circles. */
import type * as GeoJSON from "geojson";
import type { GeoJSONSource, Map as LibreMap, MapMouseEvent } from "maplibre-gl";
import { circle, type Lonlat, metres } from "./ground";

export type Kind = "point" | "line" | "polygon" | "circle";
export type Shape = GeoJSON.Point | GeoJSON.LineString | GeoJSON.Polygon;

/** changed: while it is drawn · done: when it is whole · left: when it was given up. */
export interface Hand {
  changed(shape: Shape | undefined): void;
  done(shape: Shape): void;
  left(): void;
}

export class Pen {
  private kind: Kind | undefined;
  private places: Lonlat[] = [];
  private hand: Hand | undefined;
  private readonly map: LibreMap;

  constructor(map: LibreMap) {
    this.map = map;
    map.on("click", (event) => this.click(event));
    map.on("mousemove", (event) => this.hover(event));
    map.on("dblclick", (event) => {
      if (!this.kind) return;
      event.preventDefault();
      this.finish();
    });
    map.getCanvas().addEventListener("keydown", (event) => this.key(event));
  }

  get isBusy(): boolean {
    return this.kind !== undefined;
  }

  start(kind: Kind, hand: Hand): void {
    this.leave();
    this.kind = kind;
    this.hand = hand;
    this.places = [];
    this.show(undefined);
    this.map.getCanvas().classList.add("is-drawing");
    this.map.getCanvas().focus();
  }

  leave(): void {
    const hand = this.hand;
    this.end();
    hand?.left();
  }

  show(shape: Shape | undefined): void {
    const features: GeoJSON.Feature[] = shape
      ? [{ type: "Feature", geometry: shape, properties: {} }]
      : [];
    for (const place of this.places) {
      features.push({
        type: "Feature",
        geometry: { type: "Point", coordinates: place },
        properties: {},
      });
    }
    this.map.getSource<GeoJSONSource>("drawn")?.setData({ type: "FeatureCollection", features });
  }

  private end(): void {
    this.kind = undefined;
    this.hand = undefined;
    this.map.getCanvas().classList.remove("is-drawing");
  }

  private click(event: MapMouseEvent): void {
    if (this.kind) this.add([event.lngLat.lng, event.lngLat.lat]);
  }

  private hover(event: MapMouseEvent): void {
    if (this.kind && this.places.length) this.preview([event.lngLat.lng, event.lngLat.lat]);
  }

  /** With keys the middle of the map is the pen. */
  private key(event: KeyboardEvent): void {
    if (!this.kind) return;
    if (event.key === "Escape") this.leave();
    else if (event.key === "Enter") this.finish();
    else if (event.key === " ") {
      const { lng, lat } = this.map.getCenter();
      this.add([lng, lat]);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private add(place: Lonlat): void {
    const last = this.places.at(-1);
    if (last && metres(last, place) < 0.01) return; // the second click of a double one
    this.places.push(place);
    if (this.kind === "point" || (this.kind === "circle" && this.places.length === 2))
      this.finish();
    else this.preview();
  }

  private preview(next?: Lonlat): void {
    const shape = shapeOf(this.kind, next ? [...this.places, next] : this.places);
    this.show(shape);
    this.hand?.changed(shape);
  }

  private finish(): void {
    const shape = shapeOf(this.kind, this.places);
    const hand = this.hand;
    const isWhole = this.kind !== "polygon" || shape?.type === "Polygon";
    if (!shape || !hand || !isWhole) return;
    if (this.kind === "circle") this.places = [];
    this.show(shape);
    this.end();
    this.places = [];
    hand.done(shape);
  }
}

function shapeOf(kind: Kind | undefined, places: Lonlat[]): Shape | undefined {
  const [first, second] = places;
  if (!first) return undefined;
  if (kind === "point") return { type: "Point", coordinates: first };
  if (kind === "circle") {
    return second && { type: "Polygon", coordinates: [circle(first, metres(first, second))] };
  }
  if (kind === "polygon" && places.length > 2)
    return { type: "Polygon", coordinates: [[...places, first]] };
  return places.length > 1 ? { type: "LineString", coordinates: places } : undefined;
}
