import { clockWords } from "./times.ts";

let offset = 0;

/** The server's time now, ms. */
export function now(): number {
  return Date.now() + offset;
}

/** Sets the clock by the server; a later, finer word of it wins. */
export function setClock(serverMs: number): void {
  offset = serverMs - Date.now();
}

/** The time zone of the site; Beijing time where the page names none. */
export function zone(): string {
  return document.documentElement.dataset.zone ?? "Asia/Shanghai";
}

export function startClock(): void {
  const told = document.querySelector<HTMLMetaElement>('meta[name="anlan-now"]');
  if (told?.content) setClock(Number(told.content) * 1000);
  const show = (): void => {
    const at = now();
    for (const place of document.querySelectorAll("[data-clock]")) {
      place.textContent = clockWords(at, zone());
    }
    setTimeout(show, 1000 - (at % 1000) + 5);
  };
  show();
}
