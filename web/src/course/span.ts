/** The stretch of time that a chart shows, ms, and how it moves. */
export interface Span {
  from: number;
  to: number;
}

const SHORTEST_MS = 60_000;
const LONGEST_MS = 400 * 86_400_000;

/** Closer (factor below 1) or farther about a moment, which stays where it is; not beyond `end`. */
export function zoomed(span: Span, factor: number, about: number, end: number): Span {
  const length = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, (span.to - span.from) * factor));
  const share = (about - span.from) / (span.to - span.from);
  return kept({ from: about - share * length, to: about + (1 - share) * length }, end);
}

/** Moved by a share of its length: -0.25 is a quarter into the past; not beyond `end`. */
export function panned(span: Span, share: number, end: number): Span {
  const step = (span.to - span.from) * share;
  return kept({ from: span.from + step, to: span.to + step }, end);
}

/** The same length, ended now: how a live chart goes on. */
export function slid(span: Span, now: number): Span {
  return now <= span.to ? span : { from: span.from + now - span.to, to: now };
}

function kept({ from, to }: Span, end: number): Span {
  const over = Math.max(0, to - end);
  return { from: Math.round(from - over), to: Math.round(to - over) };
}
