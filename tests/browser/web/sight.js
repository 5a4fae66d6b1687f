// The contrast of every text on the page: [{text, ratio, size, bold}], as a person sees it.
() => {
  const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  const rgba = (css) => { pen.clearRect(0, 0, 1, 1); pen.fillStyle = css; pen.fillRect(0, 0, 1, 1); return [...pen.getImageData(0, 0, 1, 1).data].map((v, i) => (i === 3 ? v / 255 : v)); };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const behind = (element) => { const stack = []; for (let at = element; at; at = at.parentElement) { const c = rgba(getComputedStyle(at).backgroundColor); stack.push(c); if (c[3] === 1) break; } return stack.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]); };
  const opacity = (element) => { let all = 1; for (let at = element; at; at = at.parentElement) all *= Number(getComputedStyle(at).opacity); return all; };
  const light = (c) => { const [r, g, b] = c.map((v) => { const s = v / 255; return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest("template, .sr-only, .skip, option") || !element.checkVisibility({ visibilityProperty: true })) continue;
    const style = getComputedStyle(element);
    const below = behind(element);
    const ink = rgba(style.color);
    const [a, b] = [light(over([...ink.slice(0, 3), ink[3] * opacity(element)], below)), light(below)].sort((x, y) => y - x);
    found.push({ text: node.data.trim().slice(0, 30), ratio: (a + 0.05) / (b + 0.05), size: parseFloat(style.fontSize), bold: Number(style.fontWeight) >= 700 });
  }
  return found;
}
