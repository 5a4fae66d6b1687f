/** The main menu in one line: what has no room goes into its last box, in the same order. */
export function startOverflow(): void {
  const nav = document.querySelector<HTMLElement>(".topnav");
  const more = nav?.querySelector<HTMLDetailsElement>("[data-more]");
  const box = more?.querySelector<HTMLElement>(".whobox");
  if (!nav || !more || !box) return;
  const fit = (): void => {
    if (more.open || nav.contains(document.activeElement)) return; // not under somebody's hand
    more.before(...box.children);
    more.hidden = true;
    const isOver = (): boolean => nav.scrollWidth > nav.clientWidth;
    if (isOver()) more.hidden = false;
    while (isOver() && more.previousElementSibling) box.prepend(more.previousElementSibling);
    const isHere = box.querySelector("[aria-current]") !== null;
    more.querySelector("summary")?.toggleAttribute("data-here", isHere);
  };
  const seen = new ResizeObserver(fit);
  seen.observe(nav);
  const end = document.querySelector(".topend"); // weather and sound come and go there
  if (end) seen.observe(end);
  more.addEventListener("toggle", fit);
  void document.fonts.ready.then(fit);
  fit();
}
