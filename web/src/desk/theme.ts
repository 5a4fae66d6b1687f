import { tell } from "./events.ts";

type Theme = "light" | "dark";
const COOKIE = "anlan_theme";
const YEAR_S = 31_536_000;

export function theme(): Theme {
  return document.documentElement.dataset.bsTheme === "dark" ? "dark" : "light";
}

/** The server reads the cookie and writes the theme into the page, so that nothing flashes. */
function wear(next: Theme): void {
  document.documentElement.dataset.bsTheme = next;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is missing on plain http
  document.cookie = `${COOKIE}=${next}; path=/; max-age=${YEAR_S}; samesite=lax`;
  tell("an-theme", { theme: next });
}

export function startTheme(): void {
  const isChosen = document.cookie.split("; ").some((one) => one.startsWith(`${COOKIE}=`));
  if (!isChosen) wear(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  document.addEventListener("click", (event) => {
    const pressed = (event.target as Element).closest("[data-theme-switch]");
    if (pressed) wear(theme() === "dark" ? "light" : "dark");
  });
}
