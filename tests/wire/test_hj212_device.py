"""The simulated data logger and the codec talk: what is sent arrives once, asks are answered."""

import asyncio
import contextlib
from collections import deque
from typing import Any

import pytest

from anlan.connectors.frames import Ask, Frame, Way
from anlan.connectors.hj212 import PROTOCOL
from anlan.sandtable.fleet.hj212 import Logger
from anlan.sandtable.fleet.line import speak

MN = "010000A8900016F000169DC0"
NOON_MS = 1_796_011_200_000  # 2026-11-30 12:00 in Beijing
HOUR_MS = 3_600_000


class Line:
    """A logger and a platform without a socket between them."""

    def __init__(self, **settings: Any) -> None:
        self.logger, self.talk = Logger(MN, **settings), PROTOCOL.talk(Way())
        self.said: list[bytes] = []
        self.logger.say = self.said.append

    def heard(self) -> list[Frame]:
        """What the logger said since."""
        data = b"".join(self.said)
        self.said.clear()
        return self.talk.feed(data)

    def ask(self, name: str, **words: Any) -> list[Frame]:
        """What it says to a question."""
        self.logger.hear(self.talk.ask(Ask(name, words), NOON_MS)[1], NOON_MS)
        return self.heard()


def spoken(**settings: Any) -> Line:
    """A line on which the logger has spoken, and its data is acknowledged."""
    line = Line(**settings)
    for minute in range(0, 90, 10):
        line.logger.tell({"w01018": 10.0 + minute}, NOON_MS + minute * 60_000, NOON_MS)
    for frame in line.heard():
        line.logger.hear(line.talk.answer(frame, NOON_MS), NOON_MS)
    assert not line.logger.unacknowledged
    return line


@pytest.mark.parametrize("version", [0, 1, 2])
def test_what_is_not_acknowledged_is_said_again_and_then_no_more(version: int) -> None:
    line = Line(version=version, due=deque([(NOON_MS, {"w01018": 12.5, "w21003": 0.3})]))
    line.logger.look(NOON_MS - 1)
    assert line.heard() == []
    line.logger.look(NOON_MS)
    first = line.heard()
    line.logger.look(NOON_MS + 4_999)
    assert line.heard() == []
    line.logger.look(NOON_MS + 5_000)
    (again,) = line.heard()
    assert first == [again]
    assert [(r.sensor, r.time, r.value) for r in again.readings] == [
        (f"{MN}.w01018", NOON_MS, 12.5), (f"{MN}.w21003", NOON_MS, 0.3),
    ]  # fmt: skip
    line.logger.hear(line.talk.answer(again, NOON_MS), NOON_MS)
    line.logger.begin(NOON_MS + 60_000)
    line.logger.look(NOON_MS + 60_000)
    assert line.heard() == []


@pytest.mark.parametrize("version", [0, 1, 2])
def test_its_clock_and_intervals_are_read_and_set(version: int) -> None:
    line = spoken(version=version, off_ms=-8 * HOUR_MS)
    _, told, done = line.ask("read_time")
    assert told.fields["CP"]["SystemTime"] == "20261130040000"
    assert done.fields["result"]["code"] == 1
    assert told.ask == done.ask != ""
    line.ask("set_time")
    assert line.logger.off_ms == 0
    line.ask("set_interval", seconds=60)
    assert line.ask("read_interval")[1].fields["CP"]["RtdInterval"] == "60"


def test_it_asks_for_the_time_and_sets_its_clock() -> None:
    line = Line(off_ms=HOUR_MS)
    line.logger.ask_time(NOON_MS)
    (notice,) = line.heard()
    line.logger.hear(line.talk.answer(notice, NOON_MS), NOON_MS)
    assert (line.logger.off_ms, line.logger.unacknowledged) == (0, {})


def test_its_history_comes_by_hours_and_there_may_be_none() -> None:
    line = spoken()
    _, one, other, done = line.ask("read_hours", begin=NOON_MS, end=NOON_MS + HOUR_MS)
    assert [(r.sensor.removeprefix(f"{MN}."), r.time, r.value) for r in one.readings] == [
        ("w01018.hour.Min", NOON_MS, 10.0), ("w01018.hour.Avg", NOON_MS, 35.0),
        ("w01018.hour.Max", NOON_MS, 60.0),
    ]  # fmt: skip
    assert other.readings[0].time == NOON_MS + HOUR_MS
    assert done.fields["result"] == {"code": 1, "text": "执行成功"}
    assert line.ask("read_days", begin=0, end=1)[-1].fields["result"]["text"] == "没有数据"


def test_real_time_data_stop_and_start_and_a_wrong_password_is_told() -> None:
    line = spoken()
    (noted,) = line.ask("stop_realtime")
    assert noted.header["CN"] == "9013"
    assert noted.ask
    line.logger.tell({"w01018": 1.0}, NOON_MS, NOON_MS)
    assert line.heard() == []
    line.ask("start_realtime")
    line.logger.tell({"w01018": 1.0}, NOON_MS, NOON_MS)
    assert len(line.heard()) == 1
    line.logger.password = "another"
    (refused,) = line.ask("read_time")
    assert (refused.fields["result"]["text"], bool(refused.ask)) == ("PW错误", True)


def test_over_a_socket_nothing_is_lost_when_the_line_breaks() -> None:
    async def run() -> list[float]:
        values: dict[str, float] = {}
        talks, closed = 0, asyncio.Queue[int]()

        async def platform(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal talks
            talk, talks = PROTOCOL.talk(Way()), talks + 1
            is_first = talks == 1  # its line breaks before anything is durable
            with contextlib.ExitStack() as over:
                over.callback(closed.put_nowait, talks)
                over.callback(writer.close)
                while data := await reader.read(1000):
                    if is_first:
                        return
                    for frame in talk.feed(data):
                        values[frame.header["QN"]] = frame.readings[0].value
                        writer.write(talk.answer(frame, NOON_MS))

        server = await asyncio.start_server(platform, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        logger = Logger(MN, due=deque((n, {"w01018": float(n)}) for n in range(20)))
        living = asyncio.create_task(speak(logger, "127.0.0.1", port, look_s=0.02))
        async with server, asyncio.timeout(60):
            while logger.due or logger.unacknowledged:
                await asyncio.sleep(0.01)
            living.cancel()
            await asyncio.wait([living])
            for _line in range(talks):  # the far end closes its side
                await closed.get()
        return sorted(values.values())

    assert asyncio.run(run()) == [float(n) for n in range(20)]
