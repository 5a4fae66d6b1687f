import type { FromLine, Want } from "./messages.ts";
import { addressOf } from "./messages.ts";
import { EventReader, type Told } from "./parse.ts";

/** The server says something at least every 15 s; three silences mean that the line is cut. */
const SILENCE_MS = 45_000;
const CHECK_MS = 5000;
const WAITS_MS = [500, 1000, 2000, 4000, 8000, 15_000];

/**
 * One stream of events, kept open. Read with fetch rather than EventSource: that tells a cut cable
 * (no comment comes), a session that ended (401) and a server that restarts from each other.
 */
export class Stream {
  private tell: (message: FromLine) => void;
  private want: Want | undefined;
  private key = "";
  private ending: AbortController | undefined;
  private tries = 0;
  private heardAt = Date.now();
  private lastId = "";
  private retry: ReturnType<typeof setTimeout> | undefined;
  state: FromLine & { kind: "state" } = { kind: "state", state: "waiting", since: Date.now() };

  constructor(tell: (message: FromLine) => void) {
    this.tell = tell;
    setInterval(() => this.check(), CHECK_MS);
    addEventListener("online", () => this.open());
  }

  /** Follows what is wanted; undefined closes the stream. */
  follow(want: Want | undefined): void {
    const key = want ? addressOf(want) : "";
    if (key === this.key && this.state.state !== "over") return;
    this.want = want;
    this.key = key;
    this.lastId = "";
    this.open();
  }

  private open(): void {
    clearTimeout(this.retry);
    this.ending?.abort();
    if (!this.want) return;
    const ending = new AbortController();
    this.ending = ending;
    this.heardAt = Date.now();
    void this.read(this.want, ending);
  }

  private async read(want: Want, ending: AbortController): Promise<void> {
    try {
      const headers: Record<string, string> = { Accept: "text/event-stream" };
      if (this.lastId) headers["Last-Event-ID"] = this.lastId;
      const answer = await fetch(addressOf(want), {
        headers,
        signal: ending.signal,
        cache: "no-store",
      });
      if (answer.status === 401 || answer.status === 403) return this.say("over");
      if (!answer.ok || !answer.body) throw new Error(String(answer.status));
      await this.drain(answer.body, ending);
      throw new Error("ended");
    } catch {
      if (!ending.signal.aborted) this.again();
    }
  }

  private async drain(body: ReadableStream<Uint8Array>, ending: AbortController): Promise<void> {
    const events = new EventReader();
    const reader = body.getReader();
    const text = new TextDecoder();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || ending.signal.aborted) return;
      this.heardAt = Date.now();
      this.tries = 0;
      this.say("live");
      for (const told of events.read(text.decode(value, { stream: true }))) this.pass(told, ending);
    }
  }

  private pass(told: Told, ending: AbortController): void {
    if (told.id) this.lastId = told.id;
    if (told.name === "over") {
      ending.abort();
      this.say("over");
      return;
    }
    this.tell({ kind: "event", name: told.name, data: JSON.parse(told.data) });
  }

  /** Tries again, later each time, and not all pages at once. */
  private again(): void {
    this.say("cut");
    const wait = WAITS_MS[Math.min(this.tries, WAITS_MS.length - 1)] ?? 15_000;
    this.tries += 1;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.open(), wait * (1 + Math.random() / 2));
  }

  private check(): void {
    if (!this.want || this.state.state !== "live") return;
    if (Date.now() - this.heardAt < SILENCE_MS) return;
    this.ending?.abort();
    this.again();
  }

  /** Says it when it changes; a cut dates from the last word heard. */
  private say(state: (FromLine & { kind: "state" })["state"]): void {
    if (this.state.state === state) return;
    const since = state === "cut" ? this.heardAt : Date.now();
    this.state = { kind: "state", state, since };
    this.tell(this.state);
  }
}
