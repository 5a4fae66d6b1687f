"""The one map under the hand: its first paint, and what the page computes while it is panned.

The demo city, in Chromium. First paint: from the address being asked for to the map's first whole
picture, base and things and alarms, each time in a browser that knows nothing yet. Panning: a hand
drags the map to and fro for some seconds at three zooms, in Chromium's own trace; scripting is the
time of the page's thread in scripts between two frames, and a task is what that thread does without
a pause. Both are told by the clock and by what the thread took of a processor: without a graphics
card the drawing competes with the page for the cores. What is drawn in software says nothing of
frame rates, so none is told.
"""

import json
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from bench._demo import demo, sign_in

OPENINGS, DRAGS, STEPS, STEP_MS = 7, 12, 24, 16
ZOOMS = (10, 12, 14)
_VIEW: Any = {"width": 1440, "height": 900}
_ARGS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--ignore-gpu-blocklist",
         "--enable-unsafe-swiftshader"]  # fmt: skip
_CATEGORIES = "toplevel,devtools.timeline,disabled-by-default-devtools.timeline,v8"
_SCRIPTS = {"FunctionCall", "EvaluateScript", "FireAnimationFrame", "TimerFire", "EventDispatch",
            "RunMicrotasks", "v8.run", "v8.callFunction", "MinorGC", "MajorGC"}  # fmt: skip
_TASKS = {"RunTask"}
_FRAMES = {"PrePaint"}  # once a frame, after its scripts


def run() -> Iterator[dict[str, Any]]:
    """First paint, scripting a frame, and long tasks."""
    from playwright.sync_api import sync_playwright

    with (
        tempfile.TemporaryDirectory() as folder,
        demo(Path(folder)) as url,
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=_ARGS)
        known = chromium.new_context(viewport=_VIEW)
        page = known.new_page()
        sign_in(page, url)
        opened = [_opening(chromium, url, known.storage_state()) for _ in range(OPENINGS)]
        page.goto(f"{url}/map")
        page.wait_for_selector("an-map[data-ready]")
        events = _traced(chromium, page)
        chromium.close()
    yield _figure("map_first_paint_median", float(np.median(opened)))
    yield _figure("map_first_paint_worst", float(np.max(opened)))
    for word, field in (("", "dur"), ("_processor", "tdur")):
        scripting, tasks = _of_the_page(events, field)
        yield _figure(f"map_pan_scripting{word}_p95", float(np.percentile(scripting, 95)))
        yield _figure(f"map_pan_scripting{word}_median", float(np.median(scripting)))
        yield _figure(f"map_pan_longest_task{word}", float(tasks.max()))
        over = float((tasks > 50).sum())
        yield {**_figure(f"map_pan_tasks{word}_over_50", over), "unit": "tasks"}
    yield {**_figure("map_pan_frames", float(len(scripting))), "unit": "frames"}


def _figure(name: str, value: float) -> dict[str, Any]:
    return {
        "name": name, "value": round(value, 2), "unit": "ms", "peer": None, "peer_value": None,
        "ratio": None, "cores": os.cpu_count(), "date": f"{datetime.now(UTC):%F}",
    }  # fmt: skip


def _opening(chromium: Any, url: str, state: Any) -> float:
    """Milliseconds from asking for the page to the map's first whole picture."""
    context = chromium.new_context(viewport=_VIEW, storage_state=state)
    page = context.new_page()
    page.add_init_script(_WATCH)
    page.goto(f"{url}/map", wait_until="commit")
    page.wait_for_selector("an-map[data-painted]", timeout=60_000)
    took = float(page.locator("an-map").get_attribute("data-painted"))
    context.close()
    return took


_ZOOM = "z => { document.querySelector('an-map').map.jumpTo({ zoom: z }); }"
_WATCH = """new MutationObserver((_, me) => {
  const map = document.querySelector("an-map[data-ready]");
  if (!map) return;
  me.disconnect();
  requestAnimationFrame(() => setTimeout(() => { map.dataset.painted = performance.now(); }));
}).observe(document, { subtree: true, childList: true, attributes: true,
                       attributeFilter: ["data-ready"] });"""


def _traced(chromium: Any, page: Any) -> list[dict[str, Any]]:
    """The events of Chromium's trace while a hand drags the map."""
    box = page.locator("an-map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    chromium.start_tracing(page=page, categories=_CATEGORIES.split(","))
    for zoom in ZOOMS:
        # Nothing comes back: a map handed to the driver would be copied by the page's own thread.
        page.evaluate(_ZOOM, zoom)
        page.wait_for_timeout(300)
        for drag in range(DRAGS):
            page.mouse.move(x, y)
            page.mouse.down()
            way = 1 if drag % 2 else -1
            for step in range(STEPS):
                page.mouse.move(x + way * 12 * step, y + way * 5 * step)
                page.wait_for_timeout(STEP_MS)
            page.mouse.up()
    events: list[dict[str, Any]] = json.loads(chromium.stop_tracing())["traceEvents"]
    return events


def _of_the_page(events: list[dict[str, Any]], field: str) -> tuple[np.ndarray, np.ndarray]:
    """Milliseconds of scripting between two frames, and of each task, on the page's thread.

    field: of an event, `dur` by the clock or `tdur` of a processor.
    """
    frames = [e for e in events if e["name"] in _FRAMES]
    threads = [(e["pid"], e["tid"]) for e in frames]
    thread = max(set(threads), key=threads.count)
    own = [e for e in events if (e["pid"], e["tid"]) == thread]
    edges = np.array(sorted(e["ts"] for e in own if e["name"] in _FRAMES), float)
    tasks = np.array([e.get(field, 0) for e in own if e["name"] in _TASKS and "dur" in e], float)
    spent = np.zeros(len(edges) + 1)
    until = 0.0
    for event in sorted((e for e in own if e["name"] in _SCRIPTS and "dur" in e),
                        key=lambda e: e["ts"]):  # fmt: skip
        if event["ts"] >= until:  # what runs within another script is counted once
            spent[np.searchsorted(edges, event["ts"], side="right")] += event.get(field, 0)
            until = event["ts"] + event["dur"]
    return spent[1:] / 1e3, tasks / 1e3
