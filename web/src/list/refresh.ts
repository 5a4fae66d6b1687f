import { hear } from "../desk/events.ts";
import { lookAtUrgent } from "../notice/urgent.ts";

const AT_MOST_EVERY_MS = 500;

/**
 * When the alarms changed, the body hears `alarms`: a list with `hx-trigger="alarms from:body"`
 * asks anew. Coalesced, and put off while the tab is hidden only as long as a title can wait.
 */
export function startRefresh(): void {
  let waits = false;
  let newest = -1;
  hear("an-alarms", ({ revision }) => {
    if (revision === newest) return;
    const isFirst = newest < 0;
    newest = revision;
    const shown = Number(document.querySelector<HTMLElement>("[data-revision]")?.dataset.revision);
    if (isFirst && shown === revision) return;
    if (waits) return;
    waits = true;
    setTimeout(() => {
      waits = false;
      document.body.dispatchEvent(new CustomEvent("alarms", { detail: { revision: newest } }));
    }, AT_MOST_EVERY_MS);
  });
  document.addEventListener("htmx:afterSwap", lookAtUrgent);
  lookAtUrgent();
}
