/**
 * The public's page to subscribe: a browser that can be told is offered to be. Without this script
 * the page is whole as it is; where a browser cannot, the page says why in its own words.
 */
const place = document.querySelector<HTMLElement>("[data-push]");

/** Why this browser cannot be told, as `data-push-why` names the sentence; empty where it can. */
function hindrance(): string {
  if (!window.isSecureContext) return "unsafe";
  const can = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  if (!can) return "unable";
  return Notification.permission === "denied" ? "denied" : "";
}

function tell(why: string): void {
  for (const one of document.querySelectorAll<HTMLElement>("[data-push-why]")) {
    one.hidden = one.dataset.pushWhy !== why;
  }
}

/** The site's public key as the browser wants it. */
function octets(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

function isOf(known: PushSubscription, key: Uint8Array): boolean {
  const own = new Uint8Array(known.options.applicationServerKey ?? new ArrayBuffer(0));
  return own.length === key.length && own.every((octet, at) => octet === key[at]);
}

/** What the browser hands out; a subscription by another key of the site is given up first. */
async function agreed(worker: string, key: Uint8Array<ArrayBuffer>): Promise<PushSubscription> {
  await navigator.serviceWorker.register(worker);
  const { pushManager } = await navigator.serviceWorker.ready;
  const known = await pushManager.getSubscription();
  if (known && isOf(known, key)) return known;
  await known?.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

async function press(place: HTMLElement, button: HTMLButtonElement): Promise<void> {
  button.disabled = true;
  try {
    if ((await Notification.requestPermission()) !== "granted") return tell("denied");
    const told = await agreed(place.dataset.worker ?? "", octets(place.dataset.push ?? ""));
    const field = place.querySelector<HTMLInputElement>("[name=browser]");
    if (field) field.value = JSON.stringify(told);
    button.disabled = false;
    button.form?.requestSubmit(button);
  } catch {
    tell("failed");
  } finally {
    button.disabled = false;
  }
}

/** Where this browser is told already, the way to what it is told. */
async function offerOwn(): Promise<void> {
  const form = document.querySelector<HTMLFormElement>("[data-push-own]");
  const worker = await navigator.serviceWorker.getRegistration("/public/");
  const known = await worker?.pushManager.getSubscription();
  const field = form?.querySelector<HTMLInputElement>("[name=browser]");
  if (!form || !field || !known) return;
  field.value = JSON.stringify(known);
  form.hidden = false;
}

const why = hindrance();
if (place) {
  const button = place.querySelector("button");
  place.hidden = why !== "";
  tell(why);
  button?.addEventListener("click", (event) => {
    event.preventDefault();
    void press(place, button);
  });
}
if (why === "") void offerOwn().catch(() => undefined);
