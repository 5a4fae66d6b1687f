/** The public's service worker: shows what is pushed to this browser, and opens what it is about. */

/** As `channels.push.sending.text_for` writes it; title and body bear the mark of a drill. */
interface Told {
  key: string;
  title: string;
  body: string;
  language: string;
  page: string;
}

interface Waiting extends Event {
  waitUntil(done: Promise<unknown>): void;
}

interface Pushed extends Waiting {
  data: { json(): unknown } | null;
}

interface Pressed extends Waiting {
  notification: Notification;
}

/** Of a service worker's own scope, what is used here; the library of pages does not know it. */
interface Scope {
  registration: ServiceWorkerRegistration;
  clients: { openWindow(url: string): Promise<unknown> };
  addEventListener(name: "push", hear: (event: Pushed) => void): void;
  addEventListener(name: "notificationclick", hear: (event: Pressed) => void): void;
}

const own = self as unknown as Scope;

/** What was pushed; a browser that shows nothing loses its leave, so something always is. */
function read(event: Pushed): Told {
  const told: Partial<Told> = {};
  try {
    Object.assign(told, event.data?.json());
  } catch {
    // Nothing that we wrote: the name of the site, and the list of warnings behind it.
  }
  const { host } = new URL(own.registration.scope);
  return { key: "", title: host, body: "", language: "", page: "", ...told };
}

/** A page of this site's public, else the list of what is in force. */
function pageOf(page: string): string {
  return page.startsWith(own.registration.scope) ? page : own.registration.scope;
}

own.addEventListener("push", (event) => {
  const { key, title, body, language, page } = read(event);
  const shown = { body, lang: language, tag: key, icon: "/public/icon.svg", data: pageOf(page) };
  event.waitUntil(own.registration.showNotification(title, shown));
});

own.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(own.clients.openWindow(String(event.notification.data)));
});

export {};
