/** What a hand or a key means to a chart. */
export interface Hand {
  /** Cursor to a pixel of the drawing; undefined: away. */
  point(x: number | undefined): void;
  /** By a share of the picture. */
  pan(share: number): void;
  /** Factor below 1 is closer; about a pixel, or the middle. */
  zoom(factor: number, x?: number): void;
  /** The cursor by so many steps. */
  step(steps: number): void;
  reset(): void;
  width(): number;
}

/** Drag moves, Ctrl and wheel or two fingers zoom, a double press shows all again. */
export function listen(box: HTMLElement, hand: Hand): void {
  const down = new Map<number, number>();
  const local = (event: PointerEvent | WheelEvent): number =>
    event.clientX - box.getBoundingClientRect().left;
  box.addEventListener("pointerdown", (event) => {
    down.set(event.pointerId, event.clientX);
    box.setPointerCapture(event.pointerId);
  });
  box.addEventListener("pointermove", (event) => {
    const was = down.get(event.pointerId);
    if (was === undefined) return hand.point(local(event));
    const apart = distance(down);
    down.set(event.pointerId, event.clientX);
    if (down.size === 2) hand.zoom(apart / Math.max(1, distance(down)));
    else if (event.clientX !== was) hand.pan((was - event.clientX) / hand.width());
  });
  for (const name of ["pointerup", "pointercancel"] as const) {
    box.addEventListener(name, (event) => down.delete(event.pointerId));
  }
  box.addEventListener("pointerleave", () => hand.point(undefined));
  box.addEventListener("dblclick", () => hand.reset());
  box.addEventListener("wheel", (event) => wheel(event, hand, local(event)), { passive: false });
}

/** The page scrolls as ever; only with Ctrl the wheel is the chart's. */
function wheel(event: WheelEvent, hand: Hand, x: number): void {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  hand.zoom(event.deltaY > 0 ? 1.25 : 0.8, x);
}

function distance(down: Map<number, number>): number {
  const [one = 0, two = 0] = [...down.values()];
  return Math.abs(one - two);
}

/** Does what a key means; false where it means nothing here. */
export function press(event: KeyboardEvent, hand: Hand): boolean {
  if (event.ctrlKey || event.altKey || event.metaKey) return false;
  const acts: Record<string, () => void> = {
    ArrowLeft: () => (event.shiftKey ? hand.pan(-0.25) : hand.step(-1)),
    ArrowRight: () => (event.shiftKey ? hand.pan(0.25) : hand.step(1)),
    PageUp: () => hand.pan(-1),
    PageDown: () => hand.pan(1),
    "+": () => hand.zoom(0.5),
    "=": () => hand.zoom(0.5),
    "-": () => hand.zoom(2),
    Home: () => hand.reset(),
    "0": () => hand.reset(),
    Escape: () => hand.point(undefined),
  };
  const act = acts[event.key];
  act?.();
  return act !== undefined;
}
