"""The gateway before a live site: durable before answered, whatever is killed; seen, bounded."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from anlan.history.codec import decode_readings
from anlan.history.log import Log, RecordKind, store_in
from anlan.history.registry import sensor_entry
from anlan.live.gateway import asks
from anlan.live.quarantine import Quarantine
from anlan.live.reach import Desk
from anlan.terms.sensors import Sensor
from tests.flow.conftest import Live, Starter, Town, found_town, now_ms, wait_until
from tests.flow.gateways import Device, Gateway, killed

Opener = Callable[..., Gateway]
_TEMPLATE = "{device}-{quantity}"


@pytest.fixture
def listen() -> Iterator[Opener]:
    """Starts gateways that are stopped after the test."""
    started: list[Gateway] = []

    def begin(data: Path, **more: Any) -> Gateway:
        started.append(Gateway(data, sensor=_TEMPLATE, **more))
        return started[-1]

    yield begin
    for one in started:
        one.stop()


def stored(data: Path, town: Town) -> Counter[tuple[str, int, float]]:
    rows: Counter[tuple[str, int, float]] = Counter()
    with Log.open(store_in(data)) as log:
        for record in log.records():
            if record.kind is RecordKind.READINGS:
                batch = decode_readings(record.body)
                columns = (batch.sensor.tolist(), batch.time.tolist(), batch.value.tolist())
                rows.update((town.sensors[h].key, t, v) for h, t, v in zip(*columns, strict=True))
    return rows


def test_what_comes_is_stored_seen_and_admitted(
    tmp_path: Path, start: Starter, listen: Opener
) -> None:
    town = found_town(tmp_path, {"a": 2})
    live, now = start(tmp_path), now_ms()
    gateway = listen(tmp_path)
    said = gateway.said(f"a 0 5.5 {now}", f"a 0 5.5 {now}", "what?", f"b 9 1.0 {now}")
    assert said == ["ok a", "ok a", "ok b"]
    assert stored(tmp_path, town) == {("a-0", now, 5.5): 1}
    aside = Quarantine(tmp_path)
    rows = {row.code: row for row in aside.rows("gateway:tiny")}
    assert sorted(rows) == ["frame_refused", "unknown_sensor"]
    assert json.loads(rows["unknown_sensor"].body)["sensor"] == "b-9"
    told = json.loads(rows["frame_refused"].body)
    assert (bytes.fromhex(told["frame"]), told["from"]) == (b"what?", "127.0.0.1")
    with Desk(tmp_path) as desk:
        desk.enter([sensor_entry(Sensor(key="b-9", quantity="t.v", object="b"))])
        counts = desk.requeue("gateway:tiny")
    assert (counts["accepted"], counts["kept"]) == (1, {"frame_refused": 1})
    assert live.get("/api/v1/latest?sensor=b-9")[1]["latest"][0]["value"] == 1.0
    wait_until(lambda: gateway.told()["frames"] == 4)
    row = gateway.told()
    assert (row["readings"], row["faults"], row["devices"]) == (3, {"frame_refused": 1}, 2)
    aside.close()


def test_a_wrong_clock_is_not_believed(tmp_path: Path, start: Starter, listen: Opener) -> None:
    town = found_town(tmp_path, {"a": 1})
    start(tmp_path)
    before, gateway = now_ms(), listen(tmp_path)
    frame = "a 0 5.5 86400000"
    assert gateway.said(frame, frame) == ["ok a", "ok a"]
    ((key, time_ms, value),) = stored(tmp_path, town)
    assert (key, value) == ("a-0", 5.5)
    assert before <= time_ms <= now_ms()
    aside = Quarantine(tmp_path)
    assert [row.code for row in aside.rows()] == ["clock_unset"]
    aside.close()


@pytest.mark.timeout(120)
def test_nothing_is_answered_while_nothing_can_be_stored(
    tmp_path: Path, start: Starter, listen: Opener
) -> None:
    town = found_town(tmp_path, {"a": 1})
    gateway, now = listen(tmp_path), now_ms()
    with gateway.connected() as line, line.makefile("rb") as answers:
        line.sendall(f"a 0 5.5 {now}\n".encode())
        assert answers.readline() == b"later a\n"
        start(tmp_path)
        wait_until(lambda: gateway.told()["readings"] == 1)
        line.sendall(f"a 0 5.5 {now}\n".encode())
        assert answers.readline() == b"ok a\n"
    assert stored(tmp_path, town) == {("a-0", now, 5.5): 1}


def _one_round(live: Live, gateway: Gateway, devices: list[Device], seconds: float) -> None:
    """Load, a kill of the gateway, load, a kill of the loop behind it, load."""
    time.sleep(seconds)
    gateway.kill()
    gateway.start()
    time.sleep(seconds)
    before = live.pid
    killed(before)
    wait_until(lambda: live.pid != before, most_s=60)
    live.ready()
    marks = [len(one.acknowledged) for one in devices]
    wait_until(
        lambda: all(len(d.acknowledged) > n for d, n in zip(devices, marks, strict=True)), 60
    )


def _killed(data: Path, live: Live, gateway: Gateway, town: Town, *, rounds: int) -> None:
    begin = now_ms() - 23 * 3_600_000
    devices = [Device(gateway, name, begin) for name in town.keys]
    for _ in range(rounds):
        _one_round(live, gateway, devices, 0.7)
    for one in devices:
        one.stopping.set()
    for one in devices:
        one.thread.join(60)
        assert not one.thread.is_alive()
    rows = stored(data, town)
    assert max(rows.values()) == 1, "a reading stands twice"
    missing = {row for one in devices for row in one.acknowledged} - rows.keys()
    assert not missing, f"{len(missing)} acknowledged readings are missing"
    assert sum(one.again for one in devices) >= 1, "nobody was cut off"


@pytest.mark.timeout(180)
def test_killed_under_load(tmp_path: Path, start: Starter, listen: Opener) -> None:
    town = found_town(tmp_path, {f"d{n}": 1 for n in range(8)})
    live = start(tmp_path)
    _killed(tmp_path, live, listen(tmp_path), town, rounds=1)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_killed_again_and_again(tmp_path: Path, start: Starter, listen: Opener) -> None:
    town = found_town(tmp_path, {f"d{n}": 1 for n in range(40)})
    live = start(tmp_path)
    _killed(tmp_path, live, listen(tmp_path), town, rounds=6)


def test_a_device_is_asked_once_and_what_came_of_it_is_kept(
    tmp_path: Path, start: Starter, listen: Opener
) -> None:
    found_town(tmp_path, {"a": 1})
    start(tmp_path)
    gateway = listen(tmp_path)
    with gateway.connected() as line, line.makefile("rb") as heard:
        line.sendall(f"a 0 5.5 {now_ms()}\n".encode())
        assert heard.readline() == b"ok a\n"
        number = asks.put(tmp_path, "a", "tell", {}, by="test")
        word, name = heard.readline().decode().split()
        assert word == "tell"
        line.sendall(f"a answer 42 {name}\n".encode())
        wait_until(lambda: asks.result_of(tmp_path, number) is not None)
        told = asks.result_of(tmp_path, number) or {}
        assert (told["result"], told["by"], told["ask"]) == ("answered", "test", "tell")
        assert told["answers"] == [{"header": {}, "fields": {"said": "42"}}]
        wrong = asks.put(tmp_path, "a", "fly", {}, by="test")
        wait_until(lambda: asks.result_of(tmp_path, wrong) is not None)
        assert (asks.result_of(tmp_path, wrong) or {})["result"] == "wrong"
    away = asks.put(tmp_path, "nobody", "tell", {}, by="test")
    assert asks.withdraw(tmp_path, away)
    assert not asks.withdraw(tmp_path, number)
