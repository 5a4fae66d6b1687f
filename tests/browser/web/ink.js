// The columns of a drawing in which the first series has ink, and how many columns there are.
box => {
  const from = box.querySelector("canvas");
  const pen = Object.assign(document.createElement("canvas"), { width: from.width, height: from.height }).getContext("2d");
  pen.drawImage(from, 0, 0);
  const { data, width } = pen.getImageData(0, 0, from.width, from.height);
  const probe = document.createElement("i");
  probe.style.color = getComputedStyle(box).getPropertyValue("--series-1");
  box.append(probe);
  const want = getComputedStyle(probe).color.match(/\d+/g).map(Number);
  probe.remove();
  const columns = new Set();
  for (let i = 0; i < data.length; i += 4) {
    if ([0, 1, 2].every((k) => Math.abs(data[i + k] - want[k]) < 40) && data[i + 3] > 200) columns.add((i / 4) % width);
  }
  return { columns: [...columns].sort((a, b) => a - b), width };
}
