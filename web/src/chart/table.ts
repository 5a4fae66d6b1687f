import { type Course, type Series, SHAPES, valueWords } from "../course/course.ts";
import { fullWords } from "../desk/times.ts";

const MOST_ROWS = 60;

/** The same facts as a table, for those who hear the page. */
export function tableOf(course: Course, zone: string): HTMLElement {
  const box = document.createElement("div");
  box.className = "sr-only";
  for (const series of course.series) box.append(seriesTable(series, zone));
  const facts = factList(course, zone);
  if (facts.childElementCount > 0) box.append(facts);
  return box;
}

function seriesTable(series: Series, zone: string): HTMLTableElement {
  const table = document.createElement("table");
  table.createCaption().textContent = series.unit ? `${series.name} (${series.unit})` : series.name;
  const known = series.points.filter((point) => point[1] !== null);
  const every = Math.max(1, Math.ceil(known.length / MOST_ROWS));
  const body = table.createTBody();
  // Counted from the newest, so that the newest is always among them.
  for (let i = known.length - 1; i >= 0; i -= every) {
    const point = known[i];
    if (!point) continue;
    const row = body.insertRow();
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = fullWords(point[0], zone);
    row.append(head);
    row.insertCell().textContent = valueWords(series, point[1]);
  }
  return table;
}

/** Limits and alarms, in the words that the server gave them. */
function factList(course: Course, zone: string): HTMLUListElement {
  const list = document.createElement("ul");
  const words = course.words ?? {};
  const add = (text: string): void => {
    const item = document.createElement("li");
    item.textContent = text;
    list.append(item);
  };
  const of = (level: keyof typeof SHAPES | null | undefined): string =>
    level ? (words[level] ?? SHAPES[level]) : "";
  const unit = course.series[0];
  for (const one of course.limits ?? []) {
    add(
      `${of(one.level)} ${unit ? valueWords(unit, one.value) : one.value} ${one.label ?? ""}`.trim(),
    );
  }
  for (const one of course.episodes ?? []) {
    const end = one.to ? fullWords(one.to, zone) : "";
    add(`${of(one.level)} ${fullWords(one.from, zone)} – ${end} ${one.label ?? ""}`.trim());
  }
  return list;
}
