import { zone } from "../desk/clock.ts";
import { hear } from "../desk/events.ts";
import { minuteWords } from "../desk/times.ts";
import { word } from "../desk/words.ts";
import { type TitleFacts, titleOf } from "./titles.ts";

/** Keeps the title of the tab true. */
export function startTitle(): void {
  const facts: TitleFacts = { base: document.title, red: 0, orange: 0, cut: "", muted: "" };
  const show = (): void => {
    document.title = titleOf(facts);
  };
  hear("an-urgent", ({ red, orange }) => {
    Object.assign(facts, { red, orange });
    show();
  });
  hear("an-line", ({ state, since }) => {
    facts.cut = state === "cut" ? `✕ ${word("cut")} ${minuteWords(since, zone())}` : "";
    show();
  });
  hear("an-sound", ({ on }) => {
    facts.muted = on ? "" : word("muted");
    show();
  });
}
