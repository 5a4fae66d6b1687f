import assert from "node:assert/strict";
import { test } from "node:test";
import { valueWords } from "../src/desk/numbers.ts";
import { ageParts, fullWords, minuteWords } from "../src/desk/times.ts";
import { meaning } from "../src/list/meaning.ts";
import { titleOf } from "../src/notice/titles.ts";
import { freshOf, readUrgent } from "../src/notice/urgency.ts";

const BEIJING = "Asia/Shanghai";
const press = (key: string, code: string, held = {}) =>
  meaning({ key, code, ctrlKey: false, altKey: false, metaKey: false, ...held });

test("the clock is Beijing's, 24 h, midnight is 00", () => {
  assert.equal(fullWords(Date.parse("2026-07-20T16:00:05Z"), BEIJING), "2026-07-21 00:00:05");
  assert.equal(minuteWords(Date.parse("2026-07-20T18:14:37Z"), BEIJING), "02:14");
});

test("ages are short", () => {
  assert.deepEqual(ageParts(40_000), { unit: "s", n: 40 });
  assert.deepEqual(ageParts(59 * 60_000), { unit: "min", n: 59 });
  assert.deepEqual(ageParts(47 * 3_600_000), { unit: "h", n: 47 });
  assert.deepEqual(ageParts(-5), { unit: "s", n: 0 });
});

test("the title says what is urgent, then what does not work", () => {
  const facts = {
    base: "Desk",
    red: 1,
    orange: 3,
    cut: "✕ cut off since 02:14",
    muted: "sound off",
  };
  assert.equal(titleOf(facts), "◆1 ▲3 · ✕ cut off since 02:14 · sound off · Desk");
  assert.equal(titleOf({ ...facts, red: 0, orange: 0, cut: "", muted: "" }), "Desk");
});

test("only what is new, or rose, rings", () => {
  const before = readUrgent("a:orange b:red");
  assert.equal(freshOf(before, readUrgent("a:orange b:red")), "");
  assert.equal(freshOf(before, readUrgent("a:red b:red")), "red");
  assert.equal(freshOf(before, readUrgent("c:orange")), "orange");
  assert.equal(freshOf(before, readUrgent("b:orange")), "", "falling does not ring");
});

test("keys with colons are whole; levels that do not ring are left out", () => {
  assert.deepEqual([...readUrgent("990101:z1:red x:yellow :red")], [["990101:z1", "red"]]);
});

test("keys are told by their place, so an input method does not swallow them", () => {
  assert.deepEqual(press("Process", "KeyA"), { act: "A" });
  assert.deepEqual(press("ArrowDown", "ArrowDown"), { step: 1 });
  assert.deepEqual(press("k", "KeyK"), { step: -1 });
  assert.equal(press("？", "Slash"), "help");
});

test("the browser's own keys stay its own", () => {
  assert.equal(press("a", "KeyA", { ctrlKey: true }), undefined);
  assert.equal(press("Enter", "Enter"), undefined);
});

test("numbers have four figures, or the decimals asked for", () => {
  assert.equal(valueWords(102.3149), "102.3");
  assert.equal(valueWords(102.3149, "2"), "102.31");
  assert.equal(valueWords(12_345.6), "12,346");
  assert.equal(valueWords(null), "—");
});
