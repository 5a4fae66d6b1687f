import assert from "node:assert/strict";
import { test } from "node:test";
import {
  appended,
  type Course,
  nearest,
  panels,
  valueWords,
  withGaps,
} from "../src/course/course.ts";
import { extent } from "../src/course/extent.ts";
import { panned, slid, zoomed } from "../src/course/span.ts";
import { ticks, tickWords } from "../src/course/ticks.ts";

const HOUR = 3_600_000;
const MIDNIGHT = Date.parse("2026-07-21T00:00:00+08:00");
const BEIJING = "Asia/Shanghai";

function course(values: (number | null)[], limits: number[] = []): Course {
  return {
    from: 0,
    to: values.length,
    series: [
      { key: "z", name: "level", unit: "m", points: values.map((value, at) => [at, value]) },
    ],
    limits: limits.map((value) => ({ level: "red", value })),
  };
}

test("no line crosses a silence that the server knows of", () => {
  const shown = withGaps(
    [
      [0, 1],
      [10, 2],
      [20, 3],
    ],
    [{ from: 12, to: 18 }],
  );
  assert.deepEqual(shown, [
    [0, 1],
    [10, 2],
    [12, null],
    [20, 3],
  ]);
});

test("without a silence the points are as they came", () => {
  assert.deepEqual(
    withGaps(
      [
        [0, 1],
        [10, 2],
      ],
      [{ from: 20, to: 30 }],
    ),
    [
      [0, 1],
      [10, 2],
    ],
  );
});

test("limits near the data are in the picture, far ones do not flatten it", () => {
  const found = extent(course([1, 2], [2.5, 100]));
  assert.ok(found.high > 2.5 && found.high < 3);
  assert.deepEqual(
    found.beyond.map((limit) => limit.value),
    [100],
  );
});

test("a flat line and an empty one have a picture", () => {
  const flat = extent(course([5, 5]));
  assert.ok(flat.low < 5 && flat.high > 5);
  assert.deepEqual(extent(course([null])), { low: 0, high: 1, beyond: [] });
});

test("a chart of 100,000 points has an extent", () => {
  const many = extent(course(Array.from({ length: 100_000 }, (_, i) => i)));
  assert.ok(many.high >= 99_999);
});

test("different units are drawn apart, each with its own limits", () => {
  const both = course([1, 2], [2]);
  both.series.push({ key: "q", name: "flow", unit: "m³/s", points: [[0, 9]] });
  both.limits = [{ level: "red", value: 2, series: "z" }];
  const [level, flow] = panels(both, false);
  assert.equal(level?.limits?.length, 1);
  assert.equal(flow?.limits?.length, 0);
});

test("the cursor reads the nearest point", () => {
  const points: [number, number | null][] = [
    [0, 1],
    [10, 2],
    [20, null],
  ];
  assert.deepEqual(nearest(points, 6), [10, 2]);
  assert.deepEqual(nearest(points, 99), [20, null]);
  assert.equal(nearest([], 5), undefined);
});

test("an older reading does not go to the end", () => {
  const [series] = course([1, 2]).series;
  assert.ok(series);
  assert.equal(appended(series, [1, 5]), series);
  assert.equal(appended(series, [2, 5]).points.length, 3);
});

test("values carry their unit and their decimals; a missing one is not a number", () => {
  assert.equal(
    valueWords({ key: "", name: "", unit: "m", decimals: 2, points: [] }, 3.4),
    "3.40\u2009m",
  );
  assert.equal(valueWords({ key: "", name: "", unit: "m", points: [] }, null), "—");
  const states = { "0": "正常", "1": "故障" };
  const series = { key: "", name: "", unit: "", decimals: 0, states, points: [] };
  assert.equal(valueWords(series, 1), "故障");
  assert.equal(valueWords(series, 0.5), "1");
});

test("zooming keeps the moment under the hand, and no one sees beyond now", () => {
  const span = zoomed({ from: 0, to: 100 * HOUR }, 0.5, 50 * HOUR, 100 * HOUR);
  assert.deepEqual(span, { from: 25 * HOUR, to: 75 * HOUR });
  assert.equal(zoomed(span, 100, 50 * HOUR, 100 * HOUR).to, 100 * HOUR);
  assert.deepEqual(panned(span, 1, 100 * HOUR), { from: 50 * HOUR, to: 100 * HOUR });
  assert.deepEqual(slid({ from: 0, to: 10 }, 15), { from: 5, to: 15 });
});

test("marks on the axis are full hours of Beijing; midnight names the day", () => {
  const found = ticks({ from: MIDNIGHT - 12 * HOUR, to: MIDNIGHT + HOUR }, 5, BEIJING);
  assert.deepEqual(
    found.map((at) => tickWords(at, BEIJING)),
    ["12:00", "15:00", "18:00", "21:00", "07-21"],
  );
});

test("days are those of Beijing, not of UTC", () => {
  const [first] = ticks({ from: MIDNIGHT - HOUR, to: MIDNIGHT + 72 * HOUR }, 5, BEIJING);
  assert.equal(first, MIDNIGHT);
});
