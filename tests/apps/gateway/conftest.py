"""Devices that spoke to the gateway, on both sides of the border, and a live service."""

import contextlib
from collections import Counter
from pathlib import Path

import pytest
from django.utils import timezone

from anlan.apps.atlas.models import Region
from anlan.live.decode.decoded import unknown
from anlan.live.gateway.devices.roll import Heard, Roll, Spoken
from anlan.live.quarantine import Quarantine
from tests.apps.atlas.places import put
from tests.apps.conftest import COUNTY, NEIGHBOUR, TOWN
from tests.apps.limits.conftest import data, live, previews

__all__ = ["data", "live", "previews"]

BUS, THEIR_BUS, GAUGE = "13800000001", "13800000002", "0011223344"


def now_ms() -> int:
    return int(timezone.now().timestamp() * 1000)


def key(device: str, quantity: str, county: str = COUNTY) -> str:
    return f"{county}-{device}-{quantity}"


def spoke(data: Path, protocol: str, device: str, *quantities: str, county: str = COUNTY) -> None:
    """A device is heard by the gateway and named what it measures."""
    now = now_ms()
    heard = Heard(protocol, device, f"{protocol}:9001", now, 7, "10.1.2.3", True,
                  Counter({"clock_ahead": 2}))  # fmt: skip
    spoken = [Spoken(protocol, device, name, key(device, name, county)) for name in quantities]
    with contextlib.closing(Roll(data)) as roll:
        roll.note("one", [heard], spoken, now_ms=now)


def waits(data: Path, protocol: str, *sensors: str) -> None:
    """Two rows of each sensor wait."""
    with contextlib.closing(Quarantine(data)) as quarantine:
        for sensor in sensors:
            rows = [
                unknown(n, sensor, (f'{{"sensor":"{sensor}","time":"2026-07-01T0{n}:00:00Z",'
                                    f'"value":{2.5 + n}}}').encode())
                for n in range(2)
            ]  # fmt: skip
            quarantine.add(f"gateway:{protocol}", rows, at=now_ms())


@pytest.fixture
def fleet(live: Path) -> Path:
    """A bus of ours and one of theirs, and a gauge of ours; nothing of them is registered."""
    for code, name in ((COUNTY, "安澜县"), (TOWN, "城关镇")):
        put(Region, code, code, name)
    spoke(live, "jt808", BUS, "speed", "lon", "fatigue")
    spoke(live, "jt808", THEIR_BUS, "speed", county=NEIGHBOUR)
    spoke(live, "sl651", GAUGE, "Z", "P1", "PN05")
    waits(live, "jt808", key(BUS, "speed"), key(BUS, "lon"), key(THEIR_BUS, "speed", NEIGHBOUR))
    waits(live, "sl651", key(GAUGE, "Z"))
    return live
