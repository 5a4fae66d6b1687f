import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, union } from "../src/live/messages.ts";
import { EventReader } from "../src/live/parse.ts";

test("events are whole however the pieces end", () => {
  const text =
    'id: 7\nevent: alarms\ndata: {"revision":7}\n\n: still here\n\nevent: over\ndata: {}\n\n';
  for (let cut = 1; cut < text.length; cut += 1) {
    const reader = new EventReader();
    const told = [...reader.read(text.slice(0, cut)), ...reader.read(text.slice(cut))];
    assert.deepEqual(told, [
      { name: "alarms", data: '{"revision":7}', id: "7" },
      { name: "over", data: "{}", id: "" },
    ]);
  }
});

test("lines of Windows and data of several lines are read", () => {
  assert.deepEqual(new EventReader().read("data: a\r\ndata: b\r\n\r\n"), [
    { name: "message", data: "a\nb", id: "" },
  ]);
});

test("the tabs' wishes become one, equal however they are ordered", () => {
  const one = { url: "/stream", sensors: ["b", "a"], objects: [] };
  const two = { url: "/stream", sensors: ["c", "a"], objects: ["o"] };
  const both = union([one, two]);
  assert.deepEqual(both, union([two, one]));
  assert.ok(both);
  assert.equal(addressOf(both), "/stream?sensors=a%2Cb%2Cc&objects=o");
});

test("no tab wants nothing", () => assert.equal(union([]), undefined));
