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
