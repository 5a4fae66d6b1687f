import assert from "node:assert/strict";
import { test } from "node:test";
import { readView, writeView } from "../src/map/address.ts";
import { area, circle, fromGcj, type Lonlat, length, metres, toGcj } from "../src/map/ground.ts";

test("a shared address says the same view again", () => {
  const view = {
    m: [11.5, 30.33001, 160.62002] as [number, number, number],
    o: "990101-水库/1",
    t: "2026-07-21T02:00",
    l: ["object/flood", "target/school"],
  };
  assert.deepEqual(readView(writeView(view)), view);
  assert.equal(writeView({}), "");
  assert.deepEqual(readView("#o=990101GP003"), { o: "990101GP003" });
});

test("a broken address is no view and no fault", () => {
  for (const hash of ["#m=a/b/c", "#m=1/2", "#t=yesterday", "#", "", "#o="]) {
    assert.deepEqual(readView(hash), {}, hash);
  }
  assert.deepEqual(readView("#m=99/200/-999").m, [22, 85, -180]);
});

test("a degree of latitude is 111.2 km, and of longitude half of it at 60°", () => {
  assert.ok(Math.abs(metres([160, 30], [160, 31]) - 111_195) < 5);
  assert.ok(Math.abs(metres([160, 60], [161, 60]) / metres([160, 0], [161, 0]) - 0.5) < 1e-3);
  assert.equal(length([[160, 30]]), 0);
});

test("a circle has the area of a circle, at any latitude", () => {
  for (const lat of [0, 30, 55]) {
    const ring = circle([110, lat], 1000, 720);
    assert.ok(Math.abs(area(ring.slice(0, -1)) / (Math.PI * 1e6) - 1) < 0.002, `${lat}`);
    for (const place of ring) assert.ok(Math.abs(metres([110, lat], place) - 1000) < 2);
    assert.deepEqual(ring[0], ring.at(-1));
  }
});

test("GCJ-02 and back is the same place within a centimetre", () => {
  for (let lon = 75; lon < 135; lon += 3.7) {
    for (let lat = 18; lat < 53; lat += 3.3) {
      const place: Lonlat = [lon, lat];
      const there = toGcj(place);
      const off = metres(place, there);
      assert.ok(off > 20 && off < 1000, `${place} is moved by ${off} m`);
      assert.ok(metres(place, fromGcj(there)) < 0.01, `${place}`);
    }
  }
});

test("Tiananmen lies where providers draw it, and the ocean is not moved", () => {
  // 39.90734, 116.39089 in WGS 84 is 39.90874, 116.39713 in GCJ-02, as published with the formula.
  assert.ok(metres(toGcj([116.39089, 39.90734]), [116.39713, 39.90874]) < 3);
  assert.deepEqual(toGcj([160.6, 30.3]), [160.6, 30.3]);
});
