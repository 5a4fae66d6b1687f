/** Symbols drawn on demand: a level is a shape and a colour, a thing is the sign of its kind. */
import { type Palette, WORDS } from "./palette";

export const RATIO = 2;
const SIDE = 26;

/** The picture of a name such as `lv-4`, `lv-stale`, `sign:校`, `icon:M3 7…`, `dot`; none for others. */
export function symbol(name: string, palette: Palette): ImageData | undefined {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE * RATIO;
  // Read back at once: a picture kept on the graphics card would stall the page for that.
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (!pen) return undefined;
  pen.scale(RATIO, RATIO);
  pen.translate(SIDE / 2, SIDE / 2);
  if (name.startsWith("lv-")) level(pen, name.slice(3), palette);
  else if (name.startsWith("sign:")) sign(pen, name.slice(5), palette);
  else if (name.startsWith("icon:")) icon(pen, name.slice(5), palette);
  else if (name === "dot") ring(pen, palette);
  else return undefined;
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

const PATHS: Record<string, [number, number][]> = {
  4: [
    [0, -11],
    [11, 0],
    [0, 11],
    [-11, 0],
  ],
  3: [
    [0, -10],
    [10.5, 8.5],
    [-10.5, 8.5],
  ],
  2: [
    [-8.5, -8.5],
    [8.5, -8.5],
    [8.5, 8.5],
    [-8.5, 8.5],
  ],
};

function level(pen: CanvasRenderingContext2D, which: string, palette: Palette): void {
  pen.beginPath();
  const corners = PATHS[which];
  if (corners) for (const [x, y] of corners) pen.lineTo(x, y);
  else pen.arc(0, 0, which === "1" ? 9 : 7, 0, 2 * Math.PI);
  pen.closePath();
  pen.lineJoin = "round";
  pen.lineWidth = 5;
  pen.strokeStyle = palette.surface;
  pen.stroke();
  if (which === "stale" || which === "0") hollow(pen, which === "stale", palette);
  else {
    const word = WORDS[Number(which)] ?? "none";
    pen.fillStyle = palette.fill[word];
    pen.fill();
    pen.lineWidth = 1.5;
    pen.strokeStyle = palette.dark ? palette.surface : palette.text;
    pen.stroke();
  }
}

/** A ring: normal; dashed and hatched: nobody knows. */
function hollow(pen: CanvasRenderingContext2D, isStale: boolean, palette: Palette): void {
  pen.fillStyle = palette.surface;
  pen.fill();
  pen.lineWidth = 2;
  pen.strokeStyle = isStale ? palette.muted : palette.fill.none;
  if (isStale) pen.setLineDash([2.6, 2.4]);
  pen.stroke();
  if (!isStale) return;
  pen.clip();
  pen.setLineDash([]);
  pen.lineWidth = 1;
  pen.strokeStyle = palette.hatch;
  pen.beginPath();
  for (let x = -14; x < 14; x += 4) {
    pen.moveTo(x, 8);
    pen.lineTo(x + 16, -8);
  }
  pen.stroke();
}

function ring(pen: CanvasRenderingContext2D, palette: Palette): void {
  pen.beginPath();
  pen.arc(0, 0, 5.5, 0, 2 * Math.PI);
  pen.fillStyle = palette.surface;
  pen.fill();
  pen.lineWidth = 2;
  pen.strokeStyle = palette.fill.none;
  pen.stroke();
}

/** A drawing of a pack, which stands on a field of 24 by 24. */
function icon(pen: CanvasRenderingContext2D, path: string, palette: Palette): void {
  board(pen, 10.5, palette);
  pen.scale(0.7, 0.7);
  pen.translate(-12, -12);
  pen.lineWidth = 1.9;
  pen.lineCap = pen.lineJoin = "round";
  pen.strokeStyle = palette.text;
  pen.stroke(new Path2D(path));
}

function board(pen: CanvasRenderingContext2D, half: number, palette: Palette): void {
  pen.beginPath();
  pen.roundRect(-half, -half, 2 * half, 2 * half, 4);
  pen.fillStyle = palette.surface;
  pen.fill();
  pen.lineWidth = 1.25;
  pen.strokeStyle = palette.muted;
  pen.stroke();
}

function sign(pen: CanvasRenderingContext2D, letter: string, palette: Palette): void {
  board(pen, 9, palette);
  pen.fillStyle = palette.text;
  pen.font =
    '600 12px "Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(letter, 0, 0.5);
}
