/** Tiles of a provider that draws in GCJ-02, moved to where the places truly are. */
import { addProtocol } from "maplibre-gl";
import { type Lonlat, toGcj } from "./ground";

const SIDE = 256;

/** Where a tile's middle lies on the provider's map, in tiles of that zoom. */
export function gcjTile(z: number, x: number, y: number): [number, number] {
  const there = toGcj(placeOf(x + 0.5, y + 0.5, z));
  const [tx, ty] = tileOf(there, z);
  return [tx - 0.5, ty - 0.5];
}

function placeOf(x: number, y: number, z: number): Lonlat {
  const n = 2 ** z;
  const lat = Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / n)));
  return [(x / n) * 360 - 180, (lat * 180) / Math.PI];
}

function tileOf([lon, lat]: Lonlat, z: number): [number, number] {
  const n = 2 ** z;
  const phi = (lat * Math.PI) / 180;
  return [((lon + 180) / 360) * n, ((1 - Math.asinh(Math.tan(phi)) / Math.PI) / 2) * n];
}

/** Makes `gcj02://https://…/{z}/{x}/{y}` known: each tile is cut from up to four of theirs. */
export function startProvider(): void {
  addProtocol("gcj02", async ({ url }, { signal }) => {
    const [, template = "", z = "", x = "", y = ""] =
      /^gcj02:\/\/(.*)#(\d+)\/(\d+)\/(\d+)$/.exec(url) ?? [];
    return { data: await cutTile(template, [Number(z), Number(x), Number(y)], signal) };
  });
}

/** The address of a source: the numbers go behind the provider's own, which keeps its holes. */
export function gcjAddress(template: string): string {
  const kept = template
    .replace("{z}", "%7Bz%7D")
    .replace("{x}", "%7Bx%7D")
    .replace("{y}", "%7By%7D");
  return `gcj02://${kept}#{z}/{x}/{y}`;
}

async function cutTile(
  template: string,
  at: [number, number, number],
  signal: AbortSignal,
): Promise<ImageBitmap> {
  const [z, x, y] = at;
  const [tx, ty] = gcjTile(z, x, y);
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const pen = canvas.getContext("2d");
  const parts = [0, 1].flatMap((dx) =>
    [0, 1].map((dy): Lonlat => [Math.floor(tx) + dx, Math.floor(ty) + dy]),
  );
  await Promise.all(
    parts.map(async ([px, py]) => {
      const image = await theirs(template, [z, px, py], signal);
      pen?.drawImage(image, Math.round((px - tx) * SIDE), Math.round((py - ty) * SIDE), SIDE, SIDE);
    }),
  );
  return createImageBitmap(canvas);
}

async function theirs(
  template: string,
  [z, x, y]: [number, number, number],
  signal: AbortSignal,
): Promise<ImageBitmap> {
  const url = template
    .replace("%7Bz%7D", `${z}`)
    .replace("%7Bx%7D", `${x}`)
    .replace("%7By%7D", `${y}`);
  const answer = await fetch(url, { signal });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return createImageBitmap(await answer.blob());
}
