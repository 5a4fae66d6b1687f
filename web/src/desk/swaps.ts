/** HTMX under the strict policy of the site: no eval, no styles of its own, the token in a header. */
import htmx from "htmx.org";
import { tell } from "./events.ts";
import { word } from "./words.ts";

htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0; // a page of another session must not come back from a cache
htmx.config.refreshOnHistoryMiss = true;
htmx.config.scrollIntoViewOnBoost = false;
htmx.config.defaultSettleDelay = 0; // until it settles, a press on a new row does nothing
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "(409|422)", swap: true }, // a refusal with its reason is shown where the form stands
  { code: "[45]..", swap: false, error: true },
];

function token(): string {
  const found = /(?:^|; )anlan_csrf=([^;]*)/.exec(document.cookie);
  return (
    found?.[1] ??
    document.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ??
    ""
  );
}

document.addEventListener("htmx:configRequest", (event) => {
  const { headers, verb } = (event as CustomEvent).detail;
  if (verb !== "get") headers["X-CSRFToken"] = token();
});

document.addEventListener("htmx:responseError", (event) => {
  const { status } = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail.xhr;
  // Signed out meanwhile: the page itself leads to the sign-in.
  if (status === 401) location.reload();
  else tell("an-toast", { text: word("failed") });
});

document.addEventListener("htmx:sendError", () => tell("an-toast", { text: word("failed") }));

export { htmx };
