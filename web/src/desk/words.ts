/** A word of the page by name, from `<template id="words" data-…>`; empty where it has none. */
export function word(name: string, holes: Record<string, string | number> = {}): string {
  const text = document.getElementById("words")?.getAttribute(`data-${name}`) ?? "";
  return filled(text, holes);
}

/** Puts values into the `{holes}` of a text. */
export function filled(text: string, holes: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(holes[name] ?? whole));
}
