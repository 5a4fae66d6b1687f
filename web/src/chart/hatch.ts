/** A fill of thin slanted strokes: what is not known. */
export function hatch(color: string): unknown {
  const image = document.createElement("canvas");
  image.width = image.height = 6;
  const pen = image.getContext("2d");
  if (pen) {
    pen.strokeStyle = color;
    pen.globalAlpha = 0.45;
    pen.beginPath();
    pen.moveTo(-1, 7);
    pen.lineTo(7, -1);
    pen.stroke();
  }
  return { image, repeat: "repeat" };
}
