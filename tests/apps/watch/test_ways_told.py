"""The system page, the figures and the command say how the ways by mappings do."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from anlan.live.ways.settings import folder_of
from anlan.live.ways.told import file_of

Browser = Callable[[str], Client]
ROW: dict[str, Any] = {
    "name": "modbus:pumps", "protocol": "modbus", "title": "Modbus", "bind": "10.1.2.3:502",
    "port": 0, "is_encrypted": False, "connections": 0, "devices_online": 3, "devices": 4,
    "frames": 100, "frames_per_s": 0.5, "readings": 1234, "last_at": 1_790_000_000_000,
    "trouble": "", "lag_s": 0.0, "faults": {"read_failed": 2}, "last_fault": {}, "heard": [],
}  # fmt: skip


@pytest.fixture
def mapped() -> Iterator[None]:
    """A site with a mapping whose process has not spoken yet."""
    folder = folder_of(settings.PLACE.data)
    folder.mkdir()
    (folder / "pumps.toml").write_text("[modbus]\n")
    yield
    (folder / "pumps.toml").unlink()
    folder.rmdir()
    file_of(settings.PLACE.data).unlink(missing_ok=True)


def says(*, ago_ms: int = 0, **more: Any) -> None:
    """The gateway writes how it does: now, or so long ago."""
    path, at = file_of(settings.PLACE.data), time.time_ns() // 1_000_000 - ago_ms
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"at": at, "listeners": [ROW | more]}))


@pytest.mark.usefixtures("world", "mapped")
def test_ways_stand_beside_the_gateways_listeners(client_for: Browser) -> None:
    admin = client_for("admin")
    assert "ways 文件夹中的映射没有在接入数据" in admin.get("/system").text
    says(ago_ms=60_000)
    assert "ways 文件夹中的映射没有在接入数据" in admin.get("/system").text
    says(trouble="330110-pump-4: no answer in 3 s")
    page = admin.get("/system").text
    assert "ways 文件夹中的映射没有在接入数据" not in page
    for text in ("modbus:pumps", "3 / 4", "读取失败", "330110-pump-4: no answer in 3 s"):
        assert text in page, text
    says()
    figures = admin.get("/metrics").text
    assert 'anlan_devices_online{listener="modbus:pumps"} 3.0' in figures


@pytest.mark.usefixtures("world", "mapped")
def test_a_wrong_mapping_is_told_to_who_runs_the_site_and_to_the_desk(client_for: Browser) -> None:
    why = "ways/tank.toml [opcua]: needs url (line 3)"
    says(name="ways/tank.toml", trouble=why, is_wrong=True)
    page = client_for("admin").get("/system").text
    for text in (f"ways/tank.toml 没有数据接入：{why}。", "请改正该文件"):
        assert text in page, text
    page = client_for("county").get("/gateway/").text
    for text in (f"ways/tank.toml 没有数据接入：{why}。", "请通知系统管理员"):
        assert text in page, text
    says()
    assert "没有数据接入" not in client_for("county").get("/gateway/").text


@pytest.mark.usefixtures("world")
def test_a_site_without_mappings_does_not_speak_of_them(client_for: Browser) -> None:
    says()
    assert "modbus:pumps" not in client_for("admin").get("/system").text
    file_of(settings.PLACE.data).unlink()
