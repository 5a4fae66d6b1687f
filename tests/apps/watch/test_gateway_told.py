"""The system page, the figures and the command say how the field gateway does."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from anlan.live.gateway.devices.roll import Heard, Roll
from anlan.live.gateway.devices.roll import file_of as roll_of
from anlan.live.gateway.told import file_of
from anlan.site.cli.status import lines
from anlan.site.frame.devices import gateway_told

Browser = Callable[[str], Client]
ROW: dict[str, Any] = {
    "name": "hj212:9001", "protocol": "hj212", "title": "HJ 212", "bind": "127.0.0.1", "port": 9001,
    "is_encrypted": True, "connections": 12, "devices_online": 10, "devices": 15,
    "frames": 4321, "frames_per_s": 3.25, "readings": 9876, "last_at": 1_790_000_000_000,
    "trouble": "", "lag_s": 0.01, "faults": {"clock_8h_ahead": 2, "frame_refused": 3},
    "last_fault": {"clock_8h_ahead": [1_790_000_000_000, "MN-1"]},
    "heard": [{"device": "MN-1", "seen_at": 1_790_000_000_000, "frames": 7,
               "address": "10.1.2.3", "is_online": True}],
}  # fmt: skip


@pytest.fixture
def gateway() -> Iterator[Path]:
    """The settings of a gateway that has not spoken yet."""
    path = settings.PLACE.data / "gateway.toml"
    path.write_text('[[listener]]\nprotocol = "hj212"\nport = 9001\n')
    yield path
    path.unlink()
    roll_of(settings.PLACE.data).unlink(missing_ok=True)
    file_of(settings.PLACE.data).unlink(missing_ok=True)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def says(*, ago_ms: int = 0, **more: Any) -> None:
    """The gateway writes how it does: now, or so long ago."""
    path, at = file_of(settings.PLACE.data), now_ms() - ago_ms
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"at": at, "listeners": [ROW | more]}))


@pytest.mark.usefixtures("world", "gateway")
def test_what_devices_do_is_told_in_plain_words(client_for: Browser) -> None:
    admin = client_for("admin")
    assert "设备接入网关未运行" in admin.get("/system").text
    says(ago_ms=60_000)
    assert "设备接入网关未运行" in admin.get("/system").text
    county = client_for("county-admin")
    now = now_ms()
    said: dict[str, Any] = {"trouble": "磁盘已满", "last_fault": {"clock_8h_ahead": [now, "MN-1"]}}
    says(**said)
    with closing(Roll(settings.PLACE.data)) as roll:
        device = Heard("hj212", "MN-1", "hj212:9001", now, 7, "10.1.2.3", is_online=True)
        roll.note("one", [device], [], now_ms=now)
    page = admin.get("/system").text
    assert "设备接入网关未运行" not in page
    says(**said)
    assert "MN-1" not in county.get("/system").text
    for text in ("hj212:9001 TLS", "10 / 15", "设备时钟快 8 小时", "无法解读的报文",
                 "经 hj212:9001 上报的数据无法存储：磁盘已满。",
                 "设备 MN-1（hj212:9001）上报时间有误：设备时钟快 8 小时"):  # fmt: skip
        assert text in page, text
    says(**said)
    figures = admin.get("/metrics").text
    assert 'anlan_devices_online{listener="hj212:9001"} 10.0' in figures
    assert 'anlan_device_faults_total{code="frame_refused",listener="hj212:9001"} 3.0' in figures


@pytest.mark.usefixtures("world")
def test_a_site_without_a_gateway_does_not_speak_of_one(client_for: Browser) -> None:
    says()
    assert gateway_told() is None
    assert "设备接入" not in client_for("admin").get("/system").text
    file_of(settings.PLACE.data).unlink()


def test_the_command_says_each_listener() -> None:
    store: dict[str, Any] = dict.fromkeys(("readings", "changes", "records", "free_bytes"), 0) | {
        "damage": []
    }
    found = {
        "store": store, "queue": {"bytes": 0, "lag_s": 0}, "registry": {"sensors": 1},
        "quarantine": {"sources": []}, "refused": {}, "clock": {"notes": []},
        "gateway": {"listeners": [ROW]},
    }  # fmt: skip
    assert lines(found)[-1] == (
        "hj212:9001  12 connections, 10 of 15 devices online, 3.2 frames/s, 9,876 readings, "
        "trouble none, faults clock_8h_ahead 2, frame_refused 3"
    )
