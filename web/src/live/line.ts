import { now, setClock } from "../desk/clock.ts";
import { hear, type Reading, tell } from "../desk/events.ts";
import type { FromLine, ToLine, Want } from "./messages.ts";
import { addressOf } from "./messages.ts";
import { Stream } from "./stream.ts";

type Row = [string, number, number | null, string];
const HERE_MS = 30_000;

/** The line of this page: through the shared worker, or its own where the browser has none. */
export function startLine(): void {
  const place = document.querySelector<HTMLElement>("[data-live]:not(template)");
  if (!place) return;
  const send = typeof SharedWorker === "undefined" ? ownLine() : sharedLine();
  let asked = "";
  const ask = (): void => {
    const want = wanted(place.dataset.live || "/stream");
    if (addressOf(want) === asked) return;
    asked = addressOf(want);
    send({ kind: "want", want });
  };
  ask();
  document.addEventListener("htmx:afterSettle", ask);
  document.addEventListener("an-want", ask);
  addEventListener("pagehide", () => send({ kind: "bye" }));
  addEventListener("pageshow", (event) => {
    asked = event.persisted ? "" : asked;
    ask();
  });
  hear("an-claim", (claim) => send({ kind: "ring", ...claim }));
  hear("an-line", ({ state }) => {
    if (state === "over" && !document.querySelector("form.form")) location.reload();
  });
}

/** What this page shows: the sensors of its live numbers and charts, and its objects. */
function wanted(url: string): Want {
  const of = (selector: string, name: string): string[] =>
    [...document.querySelectorAll(selector)].flatMap((one) =>
      (one.getAttribute(name) ?? "").split(/[\s,]+/).filter(Boolean),
    );
  const sensors = [...of("[data-sensor]", "data-sensor"), ...of("an-chart[sensor]", "sensor")];
  const objects = of("[data-live-object]", "data-live-object");
  return { url, sensors: [...new Set(sensors)].sort(), objects: [...new Set(objects)].sort() };
}

function sharedLine(): (message: ToLine) => void {
  const worker = new SharedWorker(new URL("./shared.ts", import.meta.url), { type: "module" });
  worker.port.onmessage = (event: MessageEvent<FromLine>) => heard(event.data);
  setInterval(() => worker.port.postMessage({ kind: "here" }), HERE_MS);
  return (message) => worker.port.postMessage(message);
}

function ownLine(): (message: ToLine) => void {
  const stream = new Stream(heard);
  return (message) => {
    if (message.kind === "want") stream.follow(message.want);
    if (message.kind === "bye") stream.follow(undefined);
    if (message.kind === "ring") heard(message);
  };
}

function heard(message: FromLine): void {
  if (message.kind === "state") {
    tell("an-line", { state: message.state, since: message.since - Date.now() + now() });
  } else if (message.kind === "ring") tell("an-ring", { level: message.level });
  else if (message.name === "hello") setClock((message.data as { now: number }).now);
  else if (message.name === "alarms") tell("an-alarms", message.data as { revision: number });
  else if (message.name === "readings") {
    const rows = (message.data as { rows: Row[] }).rows.map(readingOf);
    tell("an-readings", { rows });
  }
}

function readingOf([sensor, at, value, quality]: Row): Reading {
  return { sensor, at, value, quality };
}
