"""The sensor's page over a real store: hints beside the chart, in both languages, read only."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import numpy as np
import pytest
import uvicorn

from anlan.history.log import Log, store_in
from anlan.history.registry import limits_entry, sensor_entry
from anlan.live.loop.heart import Heart
from anlan.live.reach import Desk
from anlan.live.supervisor import address_of, listen
from anlan.packs import load_packs
from anlan.site.page.app import Page
from anlan.site.page.board import Board
from anlan.site.page.follow import StoreDoor
from anlan.site.page.meaning import Meaning
from anlan.terms.levels import Level
from anlan.terms.quality import Quality
from anlan.terms.readings import Batch
from anlan.terms.sensors import Limit, Sensor
from tests.flow.conftest import now_ms, wait_until

MINUTE = 60_000
STEP = 10 * MINUTE


def store(data: Path) -> None:
    """Nine days of a gauge about 3 m, which has stood at 4.2 m for the last three readings."""
    sensor = Sensor(key="g1", quantity="flood.water_level", object="reach", interval_ms=STEP)
    limits = [
        Limit(sensor="g1", level=Level.ORANGE, value=4.5),
        Limit(sensor="g1", level=Level.RED, value=9.0, valid_to=1),
    ]
    with Desk(data) as desk:
        desk.enter([sensor_entry(sensor), limits_entry("g1", limits)])
    count = 9 * 144
    at = now_ms() - STEP * np.arange(count - 1, -1, -1, dtype=np.int64)
    value = np.random.Generator(np.random.Philox(3)).normal(3, 0.02, count).round(2)
    value[-3:] = (4.1, 4.15, 4.2)
    heart = Heart(data)
    batch = Batch(np.zeros(count, np.int32), at, value, np.zeros(count, np.uint8), at)
    heart.take(batch, at=now_ms())
    heart.tick(now_ms())
    heart.commit()
    heart.close()


class Reader:
    """A page served over HTTP, and a browser's question to it."""

    def __init__(self, page: Page) -> None:
        self.listening = listen("127.0.0.1", 0)
        config = uvicorn.Config(page.app, log_level="error", timeout_graceful_shutdown=1)
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(
            target=self.server.run, kwargs={"sockets": [self.listening]}, daemon=True
        )
        self.thread.start()

    def get(self, path: str, language: str = "zh-hans") -> str:
        url = address_of(self.listening) + path
        request = Request(url, headers={"Cookie": f"lang={language}"})  # noqa: S310 - our own page
        found: str = urlopen(request, timeout=30).read().decode()  # noqa: S310 - our own page
        return found

    def end(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)
        self.listening.close()


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Reader]:
    store(tmp_path)
    made = Page("http://127.0.0.1:9", StoreDoor(tmp_path), Meaning(load_packs(), None))
    reader = Reader(made)
    wait_until(lambda: bool(made.board.latest))
    yield reader
    reader.end()


def test_the_hints_are_shown_and_marked_as_such(page: Reader, tmp_path: Path) -> None:
    with Log.open(store_in(tmp_path)) as log:
        before = log.last()
    text = page.get("/sensor/g1")
    assert "仅供参考，不影响报警" in text
    assert "橙色 4.50\u00a0m" in text
    assert "与往日同一时刻相比不寻常" in text
    assert "均值变化：1 处" in text
    assert text.count('class="shift"') == 2, "in the wide and in the narrow drawing"
    english = page.get("/sensor/g1", "en")
    assert "advisory: they change no alarm" in english
    assert "Unusual for its time of day" in english
    with Log.open(store_in(tmp_path)) as log:
        assert log.last() == before


def test_only_limits_of_the_moment_are_in_force(page: Reader) -> None:
    text = page.get("/sensor/g1")
    assert "4.50\u00a0m" in text
    assert "9.00\u00a0m" not in text


def test_the_view_is_quick(page: Reader) -> None:
    page.get("/sensor/g1")
    began = time.monotonic()
    for _ in range(10):
        page.get("/sensor/g1")
    assert (time.monotonic() - began) / 10 < 0.5


def test_a_sensor_without_a_value_is_shown_with_its_last_known_one(tmp_path: Path) -> None:
    """However long ago it failed, and without the readings of all the days between."""
    keys = ("gone", "bad")
    with Desk(tmp_path) as desk:
        desk.enter([sensor_entry(Sensor(key=k, quantity="w", object="o")) for k in keys])
    now, day = now_ms(), 86_400_000
    time = np.array([now - 40 * day, now - 40 * day + 1, now - 3, now - 2, now - 1], np.int64)
    value = np.array([1.0, np.nan, 2.0, 3.0, 99.0])
    quality = np.array([0, 0, 0, 0, int(Quality.BAD)], np.uint8)
    heart = Heart(tmp_path)
    heart.take(Batch(np.array([0, 0, 1, 1, 1], np.int32), time, value, quality, time), at=now)
    heart.commit()
    heart.close()
    door = StoreDoor(tmp_path)
    board, news = Board(), door.poll()
    assert news is not None
    board.take(news)
    door.close()
    assert [board.known[handle].value for handle in (0, 1)] == [1.0, 3.0]
