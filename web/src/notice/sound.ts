import { type Events, hear, tell } from "../desk/events.ts";
import { word } from "../desk/words.ts";
import { play, TUNES } from "./tones.ts";

const CHOICE = "anlan-sound";
let context: AudioContext | undefined;
/** What came before this page could sound, as while it was loading. */
let owed: Events["an-claim"] | undefined;

interface Choice {
  shift: string;
  on: boolean;
}

/** The choice of this shift; undefined until the desk was asked. */
function choice(shift: string): Choice | undefined {
  const kept = JSON.parse(localStorage.getItem(CHOICE) ?? "null") as Choice | null;
  return kept?.shift === shift ? kept : undefined;
}

/** Whether a tone would be heard now. */
function isHeard(): boolean {
  return context?.state === "running";
}

/** On pages with a `[data-sound]` button: asks at the start of a shift, rings, says when mute. */
export function startSound(): void {
  const button = document.querySelector<HTMLElement>("[data-sound]");
  if (!button) return;
  const shift = button.dataset.shift ?? new Date().toDateString();
  button.addEventListener("click", () => choose(shift, !isHeard(), button));
  hear("an-urgent", ({ fresh, keys }) => {
    if (!fresh) return;
    owed = { level: fresh, keys };
    pay();
  });
  hear("an-ring", ({ level }) => {
    if (context && isHeard()) play(context, TUNES[level]);
  });
  const made = choice(shift);
  if (!made) ask(shift, button);
  else if (made.on) wake(button);
  show(button);
}

/** Asks to ring for what is owed; a page that cannot be heard leaves it to another. */
function pay(): void {
  if (!owed || !isHeard()) return;
  tell("an-claim", owed);
  owed = undefined;
}

async function choose(shift: string, on: boolean, button: HTMLElement): Promise<void> {
  localStorage.setItem(CHOICE, JSON.stringify({ shift, on }));
  context ??= new AudioContext();
  await (on ? context.resume() : context.suspend());
  if (on && isHeard()) play(context, TUNES.orange);
  show(button);
}

/** A browser lets a page sound only after a touch of it: the first one wakes the sound chosen. */
function wake(button: HTMLElement): void {
  context ??= new AudioContext();
  context.addEventListener("statechange", () => {
    show(button);
    pay();
  });
  const touched = (): void => void context?.resume();
  for (const name of ["pointerdown", "keydown"]) {
    addEventListener(name, touched, { once: true, capture: true });
  }
}

function show(button: HTMLElement): void {
  const on = isHeard();
  button.textContent = word(on ? "sound-on" : "muted");
  button.setAttribute("aria-pressed", String(on));
  tell("an-sound", { on, asked: true });
}

/** Asks without standing in the way of the list: a toast that stays until it is answered. */
function ask(shift: string, button: HTMLElement): void {
  const question = document.createElement("p");
  question.className = "banner banner-sound";
  const yes = document.createElement("button");
  yes.type = "button";
  yes.textContent = word("sound-ask");
  yes.addEventListener("click", () => {
    question.remove();
    void choose(shift, true, button);
  });
  question.append(yes);
  document.getElementById("main")?.before(question);
}
