/** Small boxes that open on a press close on a press elsewhere and on Escape. */
export function startMenus(): void {
  const close = (except: Node | null): void => {
    for (const one of document.querySelectorAll<HTMLDetailsElement>(
      "details.who[open], .topnav details[open]",
    )) {
      if (!except || !one.contains(except)) one.open = false;
    }
  };
  document.addEventListener("click", (event) => close(event.target as Node));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close(null);
  });
}
