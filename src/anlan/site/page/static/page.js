// Keeps a page true: parts that changed are put in, ages and the clock go on counting.
"use strict";

const body = document.body;
const units = (body.dataset.units || "{n} s|{n} min|{n} h|{n} d").split("|");
const isChinese = body.dataset.lang === "zh-hans";
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const LOST_MS = 4000;
let offset = Number(document.getElementById("clock").dataset.now) - Date.now();
let heardAt = Date.now();

const now = () => Date.now() + offset;

function pad(n) {
  return String(n).padStart(2, "0");
}

function span(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const [size, at] = s >= 86400 ? [86400, 3] : s >= 3600 ? [3600, 2] : s >= 60 ? [60, 1] : [1, 0];
  return units[at].replace("{n}", Math.floor(s / size));
}

// Beijing time is UTC+8 all year, wherever the reader's machine stands.
function clock(ms) {
  const at = new Date(ms + 8 * 3600000);
  return `${pad(at.getUTCHours())}:${pad(at.getUTCMinutes())}:${pad(at.getUTCSeconds())}`;
}

function full(ms) {
  const at = new Date(ms + 8 * 3600000);
  const [y, m, d] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  return (isChinese ? `${y}年${m + 1}月${d}日 ` : `${d} ${MONTHS[m]} ${y} `) + clock(ms);
}

function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function count() {
  put(document.getElementById("clock"), full(now()));
  for (const node of document.querySelectorAll("[data-age]")) put(node, span(now() - node.dataset.age));
  for (const node of document.querySelectorAll("[data-for]")) put(node, span(now() - node.dataset.for));
  if (Date.now() - heardAt > LOST_MS) {
    const state = document.getElementById("state");
    put(state, body.dataset.lost.replace("{at}", clock(heardAt + offset)));
    state.classList.add("off");
  }
}

// A part is replaced as a whole; what is open stays open, focus stays where it is.
function replace(id, markup) {
  const old = document.getElementById(id);
  if (!old) return;
  const hasRow = markup.startsWith("<tr");
  const holder = document.createElement("template");
  holder.innerHTML = hasRow ? `<table><tbody>${markup}</tbody></table>` : markup;
  const fresh = hasRow ? holder.content.querySelector("tr") : holder.content.firstElementChild;
  const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const known = new Set([...old.querySelectorAll("[data-key]")].map((n) => n.dataset.key));
  const scrolled = old.querySelector(".timeline")?.scrollTop || 0;
  for (const node of fresh.querySelectorAll("[data-key]")) {
    if (known.size && !known.has(node.dataset.key)) node.classList.add("fresh");
  }
  old.replaceWith(fresh);
  const list = fresh.querySelector(".timeline");
  if (list) list.scrollTop = scrolled;
  if (focused) fresh.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function listen() {
  if (body.dataset.kind === "none") return;
  const query = new URLSearchParams({ kind: body.dataset.kind, lang: body.dataset.lang });
  const source = new EventSource(`/live?${query}`);
  source.onmessage = (event) => {
    const told = JSON.parse(event.data);
    offset = told.now - Date.now();
    heardAt = Date.now();
    if (body.dataset.kind === "starting" && told.ready) location.reload();
    for (const [id, markup] of Object.entries(told.parts)) replace(id, markup);
    count();
  };
}

function unfold() {
  const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  if (target instanceof HTMLDetailsElement) target.open = true;
}

// On a phone the long tables begin folded.
if (matchMedia("(max-width: 640px)").matches) {
  for (const node of document.querySelectorAll("#sensors details")) node.open = false;
}
count();
setInterval(count, 1000);
unfold();
addEventListener("hashchange", unfold);
listen();
