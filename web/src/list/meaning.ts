/** What a press means: a step in the list, an act of the chosen row, or none of ours. */
export type Meaning = { step: number } | { act: string } | "help" | "undo" | undefined;

interface Press {
  key: string;
  code: string;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

/** Letters are told by their place (code), so that an input method does not swallow them. */
export function meaning(press: Press): Meaning {
  if (press.ctrlKey || press.altKey || press.metaKey) return undefined;
  if (press.key === "?" || press.key === "？") return "help";
  if (press.key === "ArrowDown" || press.code === "KeyJ") return { step: 1 };
  if (press.key === "ArrowUp" || press.code === "KeyK") return { step: -1 };
  if (press.code === "KeyU") return "undo";
  const letter = /^Key([A-Z])$/.exec(press.code)?.[1];
  return letter ? { act: letter } : undefined;
}
