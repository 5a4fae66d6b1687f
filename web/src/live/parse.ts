/** One server-sent event. */
export interface Told {
  name: string;
  data: string;
  id: string;
}

/** Reads server-sent events from pieces of text that may end anywhere. */
export class EventReader {
  private rest = "";

  /** The events that a further piece completes; comments complete none. */
  read(piece: string): Told[] {
    const blocks = (this.rest + piece).replaceAll("\r\n", "\n").split("\n\n");
    this.rest = blocks.pop() ?? "";
    return blocks.map(event).filter((told) => told !== undefined);
  }
}

function event(block: string): Told | undefined {
  const told: Told = { name: "message", data: "", id: "" };
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const cut = line.indexOf(":");
    if (cut === 0) continue;
    const field = cut < 0 ? line : line.slice(0, cut);
    const value = cut < 0 ? "" : line.slice(cut + 1).replace(/^ /, "");
    if (field === "event") told.name = value;
    else if (field === "data") data.push(value);
    else if (field === "id") told.id = value;
  }
  if (data.length === 0) return undefined;
  return { ...told, data: data.join("\n") };
}
