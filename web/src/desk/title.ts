import { zone } from "./clock";
import { hear } from "./events";
import { minuteWords } from "./times";
import { word } from "./words";

export interface TitleFacts {
  base: string;
  red: number;
  orange: number;
  /** Words for a cut line and for silence, empty where all is well. */
  cut: string;
  muted: string;
}

/** The title of the tab: what is urgent first, then what does not work, then the page. */
export function titleOf(facts: TitleFacts): string {
  const urgent = [facts.red ? `◆${facts.red}` : "", facts.orange ? `▲${facts.orange}` : ""];
  const parts = [urgent.filter(Boolean).join(" "), facts.cut, facts.muted, facts.base];
  return parts.filter(Boolean).join(" · ");
}

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
