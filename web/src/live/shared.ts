/** The shared worker: all tabs of a browser have one line to the server. */
import { type FromLine, type Ring, type ToLine, union, type Want } from "./messages.ts";
import { Stream } from "./stream.ts";

interface Tab {
  want: Want | undefined;
  seenAt: number;
}

/** A tab that was killed says no good-bye; hidden tabs speak once a minute at least. */
const GONE_MS = 200_000;
const GATHER_MS = 150;

const tabs = new Map<MessagePort, Tab>();
const newest = new Map<string, FromLine>();
/** Alarms that a tab was told to ring for, at their level; the oldest are forgotten. */
const rung = new Set<string>();
const MOST_RUNG = 2000;
let gathering: ReturnType<typeof setTimeout> | undefined;

const stream = new Stream((message) => {
  if (message.kind === "event" && message.name === "alarms") newest.set(message.name, message);
  for (const port of tabs.keys()) port.postMessage(message);
});

function gather(): void {
  clearTimeout(gathering);
  gathering = setTimeout(() => {
    const wants = [...tabs.values()].map((tab) => tab.want);
    stream.follow(union(wants.filter((want) => want !== undefined)));
  }, GATHER_MS);
}

function meet(port: MessagePort): void {
  tabs.set(port, { want: undefined, seenAt: Date.now() });
  port.onmessage = (event: MessageEvent<ToLine>) => hearFrom(port, event.data);
  port.postMessage(stream.state);
  for (const message of newest.values()) port.postMessage(message);
}

/** One place decides, so that of all tabs that can be heard one rings, and none is left silent. */
function ring(port: MessagePort, claim: Ring): void {
  const fresh = claim.keys.filter((key) => !rung.has(key));
  for (const key of fresh) rung.add(key);
  for (const key of rung) {
    if (rung.size <= MOST_RUNG) break;
    rung.delete(key);
  }
  if (fresh.length > 0) port.postMessage(claim);
}

function hearFrom(port: MessagePort, message: ToLine): void {
  if (message.kind === "ring") {
    ring(port, message);
    return;
  }
  if (message.kind === "bye") tabs.delete(port);
  else {
    const tab = tabs.get(port) ?? { want: undefined, seenAt: 0 };
    tab.seenAt = Date.now();
    if (message.kind === "want") tab.want = message.want;
    tabs.set(port, tab);
  }
  if (message.kind !== "here") gather();
}

setInterval(() => {
  for (const [port, tab] of tabs) if (Date.now() - tab.seenAt > GONE_MS) tabs.delete(port);
  gather();
}, 60_000);

(self as unknown as { onconnect: (event: MessageEvent) => void }).onconnect = (event) => {
  for (const port of event.ports) meet(port);
};
