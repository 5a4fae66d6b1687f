/** The page of the one map: layers, search, tools, time and details around `<an-map>`. */
import type * as GeoJSON from "geojson";
import { hear, tell } from "../desk/events";
import { readView, type View, writeView } from "./address";
import type { Kind, Shape } from "./draw";
import type { AnMap, Thing } from "./element";
import { area, boxOf, type Lonlat, length } from "./ground";

const SMALL = "(max-width: 760px)";
const TOOLS: Record<string, Kind> = {
  distance: "line",
  area: "polygon",
  circle: "circle",
  polygon: "polygon",
  teams: "point",
};

export class MapPage {
  private readonly page: HTMLElement;
  private readonly map: AnMap;
  private readonly view: View;
  private readonly opened = Date.now();
  private place: Lonlat | undefined;
  private readonly turns: Record<string, number> = {};
  private pause: number | undefined;

  constructor(page: HTMLElement, map: AnMap) {
    this.page = page;
    this.map = map;
    this.view = readView(location.hash);
    if (matchMedia(SMALL).matches)
      for (const one of this.all("details[data-map-fold]")) one.removeAttribute("open");
    this.readLayers();
    for (const one of this.all<HTMLInputElement>("[data-map-areas]:checked"))
      void map.surround(one.dataset.mapAreas ?? "");
    map.addEventListener("an-map-ready", () => this.ready());
    map.addEventListener("an-map-marks", () => this.count());
    map.addEventListener("an-map-areas", (event) =>
      this.number((event as CustomEvent<{ url: string; count?: number }>).detail),
    );
    map.addEventListener("an-map-area", (event) => {
      location.href = (event as CustomEvent<string>).detail;
    });
    map.addEventListener("an-map-thing", (event) =>
      this.thing((event as CustomEvent<Thing>).detail),
    );
    hear("an-select", ({ id }) => void this.chosen(id));
    this.listen();
  }

  private one<E extends HTMLElement>(selector: string): E | null {
    return this.page.querySelector<E>(selector);
  }

  private all<E extends HTMLElement>(selector: string): E[] {
    return [...this.page.querySelectorAll<E>(selector)];
  }

  private listen(): void {
    document.addEventListener("click", (event) => this.click(event.target as HTMLElement));
    this.page.addEventListener("change", (event) => this.change(event.target as HTMLInputElement));
    this.one("[data-map-slide]")?.addEventListener("input", (event) => {
      this.soon(() => this.back(-Number((event.target as HTMLInputElement).value)));
    });
    this.one<HTMLFormElement>("[data-map-time]")?.addEventListener("submit", (event) =>
      event.preventDefault(),
    );
    const search = this.one<HTMLFormElement>("[data-map-search]");
    search?.addEventListener("submit", (event) => {
      event.preventDefault();
      clearTimeout(this.pause);
      void this.search(true);
    });
    search?.addEventListener("input", () => this.soon(() => void this.search(false)));
    this.one<HTMLFormElement>("[data-map-near]")?.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.near(
        event.target as HTMLFormElement,
        (event as SubmitEvent).submitter as HTMLButtonElement,
      );
    });
    addEventListener("hashchange", () => this.follow());
  }

  private click(target: HTMLElement): void {
    const pressed = target.closest<HTMLElement>(
      "[data-map-at], [data-map-back], [data-map-tool], [data-map-act], [data-map-go]",
    );
    if (!pressed) return;
    const { mapAt, mapBack, mapTool, mapAct } = pressed.dataset;
    if (mapAt !== undefined) void this.travel(mapAt);
    else if (mapBack) this.back(Number(mapBack));
    else if (mapTool) this.tool(mapTool);
    else if (mapAct) void this.act(mapAct);
    else this.go(pressed);
  }

  private change(input: HTMLInputElement): void {
    if (input.dataset.mapWhen !== undefined) void this.travel(input.value.slice(0, 16));
    else if (input.dataset.mapGroup) {
      const leaves = this.all<HTMLInputElement>(`[data-map-layer^="${input.dataset.mapGroup}"]`);
      for (const leaf of leaves) leaf.checked = input.checked;
      this.layers();
    } else if (input.dataset.mapLayer) this.layers();
    else if (input.dataset.mapBase) this.map.toggle(input.dataset.mapBase, input.checked);
    else if (input.dataset.mapAreas) this.surround(input);
    else if (input.dataset.mapAlarms !== undefined) this.map.toggle("alarm", input.checked);
  }

  /** Areas are asked for when they are first wanted. */
  private surround({ checked, dataset }: HTMLInputElement): void {
    const url = dataset.mapAreas ?? "";
    this.map.toggle(url, checked);
    if (checked) void this.map.surround(url);
  }

  private soon(act: () => void): void {
    clearTimeout(this.pause);
    this.pause = window.setTimeout(act, 220);
  }

  // Layers

  private readLayers(): void {
    const boxes = this.all<HTMLInputElement>("[data-map-layer]");
    for (const box of boxes) {
      const name = box.dataset.mapLayer ?? "";
      if (this.view.l) box.checked = this.view.l.includes(name);
      const drawn = Object.entries(JSON.parse(box.dataset.drawings || "{}"));
      for (const [kind, path] of drawn) this.map.signs.set(`object/${kind}`, `icon:${path}`);
      const letter = (box.parentElement?.textContent ?? "").trim().slice(0, 1);
      if (!drawn.length) this.map.signs.set(name, `sign:${letter}`);
    }
    this.layers(false);
  }

  private layers(isChosen = true): void {
    const boxes = this.all<HTMLInputElement>("[data-map-layer]");
    const on = boxes.filter((box) => box.checked).map((box) => box.dataset.mapLayer ?? "");
    for (const group of this.all<HTMLInputElement>("[data-map-group]")) {
      const own = boxes.filter(
        (box) => box.dataset.mapLayer?.split("/")[0] === group.dataset.mapGroup,
      );
      group.checked = own.some((box) => box.checked);
      group.indeterminate = group.checked && !own.every((box) => box.checked);
    }
    this.map.wear(on);
    if (isChosen) {
      this.view.l = on;
      this.keep();
    }
  }

  private count(): void {
    const counts: Record<string, number> = {};
    for (const { properties } of this.map.marks) {
      const name = properties.level ? String(properties.level) : "stale";
      counts[name] = (counts[name] ?? 0) + 1;
    }
    for (const place of this.all("[data-map-count]")) {
      place.textContent = String(counts[place.dataset.mapCount ?? ""] ?? 0);
    }
  }

  /** How many a layer of areas tells of now. */
  private number({ url, count }: { url: string; count?: number }): void {
    const box = this.all<HTMLInputElement>("[data-map-areas]").find(
      (one) => one.dataset.mapAreas === url,
    );
    const place = box?.parentElement?.querySelector(".count");
    if (place && count !== undefined) place.textContent = String(count);
  }

  // Address

  private ready(): void {
    this.count();
    const map = this.map.map;
    if (this.view.m)
      map?.jumpTo({ zoom: this.view.m[0], center: [this.view.m[2], this.view.m[1]] });
    map?.on("moveend", () => this.keep());
    if (this.view.t) void this.travel(this.view.t);
    if (this.view.o) void this.show(this.view.o, !this.view.m);
  }

  private keep(): void {
    const map = this.map.map;
    if (!map) return;
    const { lng, lat } = map.getCenter();
    this.view.m = [map.getZoom(), lat, lng];
    history.replaceState(null, "", writeView(this.view) || location.pathname);
  }

  private follow(): void {
    const asked = readView(location.hash);
    if (asked.m) this.map.map?.jumpTo({ zoom: asked.m[0], center: [asked.m[2], asked.m[1]] });
    if (asked.t !== this.view.t) void this.travel(asked.t ?? "");
    if (asked.o && asked.o !== this.view.o) void this.show(asked.o, !asked.m);
  }

  /** Chooses an object that may have no mark: its place is asked for. */
  private async show(id: string, isMoving: boolean): Promise<void> {
    let at = this.map.placeOf(id);
    if (!at) {
      const answer = await ask(`/map/place?object=${encodeURIComponent(id)}`);
      at = answer?.ok
        ? (((await answer.json()) as { at: Lonlat | null }).at ?? undefined)
        : undefined;
    }
    if (at && isMoving)
      this.map.map?.jumpTo({ center: at, zoom: Math.max(13, this.map.map.getZoom()) });
    this.map.choose(id, at);
  }

  // Details

  private async chosen(id: string): Promise<void> {
    if (!id) {
      this.close();
      return;
    }
    this.view.o = id;
    this.keep();
    this.place = this.map.placeOf(id);
    this.fill({ object: id, shape: "" });
    this.put("answer", "");
    await Promise.all([this.into("card", `/objects/${encodeURIComponent(id)}/card`), this.stood()]);
  }

  private thing({ name, at }: Thing): void {
    delete this.view.o;
    this.place = at;
    this.fill({ object: "", shape: JSON.stringify({ type: "Point", coordinates: at }) });
    this.put("answer", "");
    const title = document.createElement("h2");
    title.textContent = name;
    this.one("[data-map-card]")?.replaceChildren(title);
  }

  private fill(values: Record<string, string>): void {
    const form = this.one<HTMLFormElement>("[data-map-near]");
    if (!form) return;
    for (const [name, value] of Object.entries(values)) {
      (form.elements.namedItem(name) as HTMLInputElement).value = value;
    }
    form.hidden = false;
    this.panel(true);
  }

  private panel(isOpen: boolean): void {
    const panel = this.one("[data-map-details]");
    if (panel) panel.hidden = !isOpen;
  }

  private close(): void {
    delete this.view.o;
    this.panel(false);
    this.map.mark();
    this.map.lay(undefined);
    this.keep();
  }

  private put(name: string, html: string): HTMLElement | null {
    const place = this.one(`[data-map-${name}]`);
    if (place) place.innerHTML = html;
    return place;
  }

  private async into(name: string, url: string, body?: FormData): Promise<HTMLElement | null> {
    const turn = (this.turns[name] ?? 0) + 1;
    this.turns[name] = turn;
    const place = this.one(`[data-map-${name}]`);
    place?.setAttribute("aria-busy", "true");
    const answer = await ask(url, body);
    const html = answer && (answer.ok || answer.status === 422) ? await answer.text() : "";
    place?.removeAttribute("aria-busy");
    if (turn !== this.turns[name]) return place; // something else was asked since
    return this.put(name, html);
  }

  private async stood(): Promise<void> {
    if (!this.view.t) {
      this.put("then", "");
      return;
    }
    const asked = new URLSearchParams({
      at: this.view.t,
      ...(this.view.o && { object: this.view.o }),
    });
    await this.into("then", `/map/then?${asked}`);
    this.panel(true);
  }

  // Time

  /** The local time of the site: what the server wrote, and what went by since. */
  private local(minutes: number): string {
    const when = this.one<HTMLInputElement>("[data-map-when]")?.max ?? "";
    const now = Date.parse(`${when}:00Z`) + Date.now() - this.opened;
    return new Date(now - minutes * 60_000).toISOString().slice(0, 16);
  }

  private back(minutes: number): void {
    void this.travel(minutes > 0 ? this.local(minutes) : "");
  }

  private async travel(moment: string): Promise<void> {
    const past = moment && moment < this.local(0) ? moment : "";
    if (past) this.view.t = past;
    else delete this.view.t;
    document.body.classList.toggle("past", Boolean(past));
    const banner = document.querySelector<HTMLElement>("[data-map-past]");
    if (banner) banner.hidden = !past;
    const said = document.querySelector("[data-map-moment]");
    if (said) said.textContent = past.replace("T", " ");
    this.dial(past);
    this.keep();
    await Promise.all([this.map.travel(past), this.stood()]);
  }

  private dial(past: string): void {
    const gone = past
      ? (Date.parse(`${this.local(0)}:00Z`) - Date.parse(`${past}:00Z`)) / 60_000
      : 0;
    const slide = this.one<HTMLInputElement>("[data-map-slide]");
    if (slide) slide.value = String(-gone);
    const when = this.one<HTMLInputElement>("[data-map-when]");
    if (when) when.value = past || this.local(0);
    for (const button of this.all("[data-map-at][aria-pressed]")) {
      button.setAttribute("aria-pressed", String(button.dataset.mapAt === past));
    }
  }

  // Search

  private async search(isSent: boolean): Promise<void> {
    const text = this.one<HTMLInputElement>("#map-q")?.value.trim() ?? "";
    if (!text) {
      this.put("hits", "");
      return;
    }
    const place = await this.into("hits", `/map/search?q=${encodeURIComponent(text)}`);
    const hits = place?.querySelectorAll<HTMLElement>("[data-map-go]");
    if (isSent && hits?.length === 1 && hits[0]) this.go(hits[0]);
  }

  private go(hit: HTMLElement): void {
    const at: Lonlat = [Number(hit.dataset.lon), Number(hit.dataset.lat)];
    this.map.map?.jumpTo({ center: at, zoom: Math.max(14, this.map.map.getZoom()) });
    if (hit.closest("[data-map-hits]")) this.put("hits", "");
    if (hit.dataset.object) this.map.choose(hit.dataset.object, at);
    else {
      this.map.mark(at);
      if (hit.dataset.name) this.thing({ group: "", key: "", name: hit.dataset.name, at });
    }
  }

  // Tools

  private tool(name: string): void {
    const kind = TOOLS[name];
    const pen = this.map.pen;
    const isOff = this.one(`[data-map-tool="${name}"]`)?.getAttribute("aria-pressed") === "true";
    pen?.leave();
    this.measure("");
    if (!kind || !pen || isOff) return;
    this.press(name);
    this.hint(name);
    pen.start(kind, {
      changed: (shape) => this.measure(this.size(name, shape)),
      left: () => this.press(""),
      done: (shape) => {
        this.press("");
        this.measure(this.size(name, shape));
        void this.drawn(name, shape);
      },
    });
  }

  private press(name: string): void {
    for (const button of this.all("[data-map-tool]")) {
      button.setAttribute("aria-pressed", String(button.dataset.mapTool === name));
    }
    if (!name) this.hint("");
  }

  private hint(name: string): void {
    const place = this.one("[data-map-hint]");
    if (!place) return;
    place.textContent = place.dataset[name] ?? "";
    place.hidden = !place.textContent;
  }

  private measure(text: string): void {
    const place = this.one("[data-map-measure]");
    if (place) place.textContent = text;
  }

  private size(name: string, shape: Shape | undefined): string {
    const unit = this.map.dataset;
    const near = (value: number): string => value.toPrecision(4).replace(/\.?0+$/, "");
    if (shape?.type === "LineString") {
      const m = length(shape.coordinates as Lonlat[]);
      return m < 2000 ? `${Math.round(m)}\u2009${unit.m}` : `${near(m / 1000)}\u2009${unit.km}`;
    }
    if (shape?.type !== "Polygon" || name === "teams") return "";
    const m2 = area((shape.coordinates[0] ?? []).slice(0, -1) as Lonlat[]);
    return m2 < 1e5 ? `${Math.round(m2)}\u2009${unit.m2}` : `${near(m2 / 1e6)}\u2009${unit.km2}`;
  }

  private async drawn(name: string, shape: Shape): Promise<void> {
    if (name === "teams" && shape.type === "Point") {
      this.place = shape.coordinates as Lonlat;
      await this.act("teams");
    } else if (name === "circle" || name === "polygon")
      await this.inside({ shape: JSON.stringify(shape) });
  }

  private async near(form: HTMLFormElement, button: HTMLButtonElement): Promise<void> {
    const asked = Object.fromEntries(new FormData(form)) as Record<string, string>;
    await this.inside({ ...asked, metres: button.value });
  }

  /** Asks what lies within, shows it, and draws what was asked about. */
  private async inside(asked: Record<string, string>): Promise<void> {
    const body = new FormData();
    for (const [name, value] of Object.entries(asked)) body.set(name, value);
    this.panel(true);
    const place = await this.into("answer", "/map/inside", body);
    const text = place?.querySelector<HTMLElement>("[data-area]")?.dataset.area;
    if (!text) return;
    const shape = JSON.parse(text) as GeoJSON.Geometry;
    this.map.lay(shape);
    this.map.map?.fitBounds(boxOf(shape), { padding: this.padding(), maxZoom: 16, animate: false });
    if (matchMedia(SMALL).matches) place?.scrollIntoView({ block: "nearest" });
  }

  private padding(): { top: number; bottom: number; left: number; right: number } {
    const wide = !matchMedia(SMALL).matches;
    return { top: 40, bottom: wide ? 90 : 40, left: wide ? 330 : 20, right: wide ? 380 : 20 };
  }

  private async act(name: string): Promise<void> {
    if (name === "close") {
      tell("an-select", { id: "", from: "map" });
    } else if (name === "print") this.print();
    else if (name === "link") {
      this.keep();
      await navigator.clipboard?.writeText(location.href).then(
        () => this.hint("copied"),
        () => undefined,
      );
    } else if (name === "teams") {
      const centre = this.map.map?.getCenter();
      const [lon, lat] = this.place ??
        this.map.placeOf(this.view.o ?? "") ?? [centre?.lng ?? 0, centre?.lat ?? 0];
      this.panel(true);
      await this.into("answer", `/map/teams?lon=${lon.toFixed(6)}&lat=${lat.toFixed(6)}`);
    }
  }

  /** The canvas is empty outside of a frame: a picture of one is printed. */
  private print(): void {
    const map = this.map.map;
    map?.once("render", () => {
      const image = new Image();
      image.className = "map-picture";
      image.alt = this.map.getAttribute("aria-label") ?? "";
      image.src = map.getCanvas().toDataURL("image/png");
      void image.decode().then(() => {
        this.map.querySelector(".map-picture")?.remove();
        this.map.append(image);
        print();
      });
    });
    map?.triggerRepaint();
  }
}

async function ask(url: string, body?: FormData): Promise<Response | undefined> {
  const token = document.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "";
  const headers = { "HX-Request": "true", ...(body && { "X-CSRFToken": token }) };
  const answer = await fetch(url, { headers, ...(body && { method: "POST", body }) }).catch(
    () => undefined,
  );
  if (answer?.status === 401) location.reload(); // signed out meanwhile: the page leads to the sign-in
  return answer;
}
