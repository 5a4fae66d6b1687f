import { type Course, nearest, valueWords } from "../course/course.ts";
import type { Span } from "../course/span.ts";
import { fullWords } from "../desk/times.ts";
import { type EChartsType, init } from "./draw.ts";
import { optionOf } from "./option.ts";
import { paletteOf } from "./palette.ts";
import { tableOf } from "./table.ts";

/** One picture in a chart: names and the value at the cursor above, the drawing below. */
export class Plot {
  readonly box = div("chart-box");
  private head = div("chart-head");
  private at = span("chart-at");
  private table: HTMLElement | undefined;
  private chart: EChartsType;
  private course: Course | undefined;
  private zone: string;

  constructor(place: HTMLElement, zone: string) {
    this.zone = zone;
    place.append(this.head, this.box);
    this.chart = init(this.box);
    place.dataset.drawn = "";
  }

  /** The width of the drawing, px. */
  get width(): number {
    return this.box.clientWidth;
  }

  show(course: Course, view: Span, now: number): void {
    const isNew = course !== this.course;
    this.course = course;
    const palette = paletteOf(this.box);
    const scene = { course, span: view, palette, zone: this.zone, width: this.width, now };
    this.chart.setOption(optionOf(scene), { notMerge: true, lazyUpdate: true });
    if (isNew) this.nameSeries(course);
  }

  /** Writes the table for screen readers; it changes only when the picture is asked for anew. */
  describe(course: Course): void {
    const made = tableOf(course, this.zone);
    if (this.table) this.table.replaceWith(made);
    else this.box.after(made);
    this.table = made;
  }

  /** Puts the cursor at a moment and gives the words of it; undefined takes it away. */
  point(at: number | undefined): string {
    if (at === undefined || !this.course) {
      this.chart.dispatchAction({ type: "updateAxisPointer", currTrigger: "leave" });
      this.at.textContent = "";
      return "";
    }
    const x = this.chart.convertToPixel({ xAxisIndex: 0 }, at) as unknown as number;
    this.chart.dispatchAction({ type: "updateAxisPointer", x, y: 20 });
    this.at.textContent = this.wordsAt(at);
    return this.at.textContent;
  }

  /** The moment under a pixel of the drawing. */
  timeAt(x: number): number {
    return this.chart.convertFromPixel({ xAxisIndex: 0 }, x) as unknown as number;
  }

  resize(): void {
    this.chart.resize();
  }

  end(): void {
    this.chart.dispose();
  }

  private wordsAt(at: number): string {
    const all = this.course?.series ?? [];
    const found = all.map((series) => ({ series, point: nearest(series.points, at) }));
    const time = found[0]?.point?.[0];
    const values = found.map(({ series, point }) => valueWords(series, point?.[1] ?? null));
    return time === undefined ? "" : `${fullWords(time, this.zone)}  ${values.join("  ")}`;
  }

  private nameSeries(course: Course): void {
    const names = course.series.map((series) => {
      const key = span("chart-key");
      key.textContent = series.unit ? `${series.name} ${series.unit}` : series.name;
      return key;
    });
    this.head.replaceChildren(...names, this.at);
  }
}

function div(name: string): HTMLDivElement {
  const made = document.createElement("div");
  made.className = name;
  return made;
}

function span(name: string): HTMLSpanElement {
  const made = document.createElement("span");
  made.className = name;
  return made;
}
