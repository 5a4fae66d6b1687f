import { appended, type Course, panels } from "../course/course.ts";
import { panned, type Span, slid, zoomed } from "../course/span.ts";
import { now, zone } from "../desk/clock.ts";
import { hear, type Reading } from "../desk/events.ts";
import { minuteWords } from "../desk/times.ts";
import { word } from "../desk/words.ts";
import { type Hand, listen, press } from "./gestures.ts";
import { Plot } from "./plot.ts";

const REST_MS = 250;
const STEPS = 60;
/** A chart that ends this near to now goes on with it. */
const LIVE_MS = 120_000;
const AROUND_MS = 6 * 3_600_000;

/**
 * `<an-chart src="…" label="…" height="260" sensor="KEY" mode="multiples">`: the course of sensors.
 * Asks `src` with from, to (ms) and width (px), again whenever the picture was moved; `data-still`
 * keeps new readings out, as on a page of the past.
 */
export class AnChart extends HTMLElement implements Hand {
  private course: Course | undefined;
  private span: Span | undefined;
  private home: Span | undefined;
  private plots: Plot[] = [];
  private say = document.createElement("div");
  private spoken = document.createElement("div");
  private cursor: number | undefined;
  private asking: AbortController | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private frame = 0;
  private size = new ResizeObserver(() => this.resized());
  private ended = new AbortController();

  connectedCallback(): void {
    // A swap puts a twin into the page for a moment before the kept element takes its place again.
    queueMicrotask(() => {
      if (this.isConnected && !this.say.isConnected) this.begin();
    });
  }

  private begin(): void {
    this.ended = new AbortController();
    this.tabIndex = 0;
    this.setAttribute("role", "group");
    this.say.className = "chart-say";
    this.spoken.className = "sr-only";
    this.spoken.setAttribute("aria-live", "polite");
    this.append(this.say, this.spoken);
    this.addEventListener(
      "keydown",
      (event) => {
        if (press(event, this)) event.preventDefault();
      },
      { signal: this.ended.signal },
    );
    this.size.observe(this);
    this.ask();
  }

  disconnectedCallback(): void {
    // A swap takes the element out and puts it back at once: only what stays away ends.
    queueMicrotask(() => {
      if (!this.isConnected) this.end();
    });
  }

  /** Browsers that can move an element whole call this instead of the two above. */
  connectedMoveCallback(): void {}

  point(x: number | undefined): void {
    this.setCursor(x === undefined ? undefined : this.plots[0]?.timeAt(x));
  }

  step(steps: number): void {
    if (!this.span) return;
    const length = this.span.to - this.span.from;
    const at = (this.cursor ?? this.span.to) + (steps * length) / STEPS;
    const words = this.setCursor(Math.min(this.span.to, Math.max(this.span.from, at)));
    this.spoken.textContent = words;
  }

  pan(share: number): void {
    if (this.span) this.move(panned(this.span, share, this.last()));
  }

  zoom(factor: number, x?: number): void {
    if (!this.span) return;
    const middle = (this.span.from + this.span.to) / 2;
    const about = x === undefined ? middle : (this.plots[0]?.timeAt(x) ?? middle);
    this.move(zoomed(this.span, factor, about, this.last()));
  }

  reset(): void {
    if (this.home) this.move({ ...this.home });
  }

  width(): number {
    return this.plots[0]?.width ?? this.clientWidth;
  }

  /** New readings of the stream; drawn at most once a frame. */
  take(rows: Reading[]): void {
    if (!this.course || !this.span || this.hasAttribute("data-still")) return;
    let series = this.course.series;
    for (const row of rows) {
      series = series.map((one) =>
        one.key === row.sensor ? appended(one, [row.at, row.value]) : one,
      );
    }
    if (series.every((one, i) => one === this.course?.series[i])) return;
    this.course = { ...this.course, series };
    if (now() - this.span.to < LIVE_MS) this.span = slid(this.span, now());
    this.drawSoon();
  }

  /** Draws again, as after a change of theme. */
  drawSoon(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  private last(): number {
    return Math.max(this.home?.to ?? 0, now());
  }

  private move(span: Span): void {
    this.span = span;
    this.drawSoon();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(span), REST_MS);
  }

  private async ask(span?: Span): Promise<void> {
    const src = this.getAttribute("src");
    if (!src) return;
    this.asking?.abort();
    this.asking = new AbortController();
    if (!this.course) this.say.textContent = word("loading");
    try {
      const answer = await fetch(this.address(src, span), { signal: this.asking.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      this.arrived((await answer.json()) as Course);
    } catch (error) {
      if ((error as Error).name !== "AbortError") this.failed();
    }
  }

  private address(src: string, span?: Span): string {
    const url = new URL(src, location.href);
    const shown = span ?? this.aroundMark();
    if (shown) {
      url.searchParams.set("from", String(shown.from));
      url.searchParams.set("to", String(shown.to));
    }
    url.searchParams.set("width", String(Math.round(this.width()) || 800));
    return url.href;
  }

  /** Where a page marks a moment (`mark`, ms), the first picture stands around it. */
  private aroundMark(): Span | undefined {
    const at = Number(this.getAttribute("mark"));
    return at > 0 ? { from: at - AROUND_MS, to: Math.min(at + AROUND_MS, now()) } : undefined;
  }

  private marked(course: Course): Course {
    const at = Number(this.getAttribute("mark"));
    if (!(at > 0)) return course;
    const mark = { at, label: this.getAttribute("mark-label") ?? minuteWords(at, zone()) };
    return { ...course, marks: [...(course.marks ?? []), mark] };
  }

  private arrived(told: Course): void {
    const course = this.marked(told);
    this.course = course;
    this.span = { from: course.from, to: course.to };
    this.home ??= this.span;
    const label = this.getAttribute("label") ?? course.series.map((one) => one.name).join(", ");
    this.setAttribute("aria-label", label);
    const isBare = course.series.every((one) => one.points.length === 0);
    this.say.textContent = isBare ? (course.words?.empty ?? word("chart-empty")) : "";
    this.draw(true);
  }

  /** What was drawn stays; the words say that it is old, and offer to try again. */
  private failed(): void {
    const again = document.createElement("button");
    again.type = "button";
    again.textContent = word("again") || "↻";
    again.addEventListener("click", () => this.ask(this.span));
    this.say.replaceChildren(word("failed"), again);
  }

  private draw(isNew = false): void {
    if (!this.course || !this.span) return;
    const parts = panels(this.course, this.getAttribute("mode") === "multiples");
    if (parts.length !== this.plots.length) this.lay(parts.length);
    for (const [i, part] of parts.entries()) {
      this.plots[i]?.show(part, this.span, now());
      if (isNew) this.plots[i]?.describe(part);
    }
    if (this.cursor !== undefined) this.setCursor(this.cursor);
  }

  /** Places for so many pictures. */
  private lay(count: number): void {
    for (const plot of this.plots) plot.end();
    for (const old of this.querySelectorAll(":scope > .chart-part, :scope > .multiples"))
      old.remove();
    const place = document.createElement("div");
    place.className = count > 1 ? "multiples" : "chart-part";
    this.prepend(place);
    this.plots = Array.from({ length: count }, () => this.plotIn(place));
  }

  private plotIn(place: HTMLElement): Plot {
    const part = document.createElement("div");
    place.append(part);
    const plot = new Plot(part, zone());
    const height = Number(this.getAttribute("height"));
    if (height > 0) plot.box.style.height = `${height}px`;
    plot.resize();
    listen(plot.box, this);
    return plot;
  }

  private setCursor(at: number | undefined): string {
    this.cursor = at;
    return this.plots.map((plot) => plot.point(at)).join("; ");
  }

  private resized(): void {
    for (const plot of this.plots) plot.resize();
    this.drawSoon();
  }

  private end(): void {
    this.ended.abort();
    this.asking?.abort();
    this.size.disconnect();
    clearTimeout(this.timer);
    cancelAnimationFrame(this.frame);
    for (const plot of this.plots) plot.end();
    this.plots = [];
    this.replaceChildren();
  }
}

function all(): NodeListOf<AnChart> {
  return document.querySelectorAll<AnChart>("an-chart");
}

export function startCharts(): void {
  customElements.define("an-chart", AnChart);
  hear("an-readings", ({ rows }) => {
    for (const one of all()) one.take(rows);
  });
  hear("an-theme", () => {
    for (const one of all()) one.drawSoon();
  });
}
