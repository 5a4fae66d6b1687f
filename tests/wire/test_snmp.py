"""A real SNMP agent asked, and a real notifier heard, as the book's mappings say."""

import asyncio
import re
import socket
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pysnmp.proto.rfc1902 import Gauge32, Integer32, OctetString, Opaque

from anlan.connectors.rounds import now_ms
from anlan.connectors.snmp.map import map_of, port_of
from anlan.connectors.snmp.who import Who
from anlan.live.gateway.devices.presence import IDLE_MS
from anlan.live.ways.polled.snmp import Snmp, Traps
from anlan.terms.errors import Malformed
from tests.wire.scenes import Store
from tests.wire.snmp_agent import ENGINE, KEYS, PUBLIC, SECRET, USER, agent, tells
from tests.wire.test_modbus import until

BOOK = (Path(__file__).parents[2] / "docs/how-to/connect-snmp.md").read_text(encoding="utf-8")
FIRST, SECURED, PORT = (
    tomllib.loads(re.sub(r"^   ", "", one, flags=re.M))
    for one in re.findall(r"```toml\n([\s\S]*?)```", BOOK)
)
DEVICE = "330110-ups-1"
HELD = {
    "1.3.6.1.2.1.33.1.2.4.0": Gauge32(87),
    "1.3.6.1.2.1.33.1.3.3.1.3.1": OctetString("229.5"),
    "1.3.6.1.4.1.318.1.1.10.2.3.2.1.4.1": Opaque(bytes.fromhex("9f780443520000")),  # 210.0
}
ON_BATTERY = "1.3.6.1.2.1.33.2.0.1"
MINUTES = "_1_3_6_1_2_1_33_1_2_3_0"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files of secrets that the book names."""
    texts = {"ups.community": "public", "ups.auth": KEYS["auth_key"],
             "ups.privacy": KEYS["privacy_key"], "short": "1234567"}  # fmt: skip
    for name, text in texts.items():
        (tmp_path / name).write_text(f"{text}\n")
    return tmp_path


def tables(port: int, **more: Any) -> dict[str, Any]:
    """The book's mapping for an agent on this machine."""
    here = {"host": "127.0.0.1", "port": port, "period_s": 0.1, "timeout_s": 2, "retries": 0}
    return FIRST | {"snmp": FIRST["snmp"] | here | more}


@asynccontextmanager
async def running(way: Snmp | Traps) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(one) for one in (way.run(), way.books.keeping.run())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize("who", [PUBLIC, USER], ids=["v2c", "v3"])
def test_the_books_mapping_reads_what_a_real_agent_holds(folder: Path, who: Who) -> None:
    async def scene() -> Store:
        store = Store()
        with agent(HELD, who) as port:
            spec = tables(port)
            if who.user:
                spec["snmp"] = SECURED["snmp"] | {"host": "127.0.0.1", "port": port}
            way = Snmp(map_of(spec, "ups.toml", folder), "ups", store)
            async with running(way):
                await until(lambda: len(store.readings) >= 3)
                assert way.books.presence.counts == (1, 1)
        return store

    store = asyncio.run(scene())
    assert {one.sensor: one.value for one in store.readings[:3]} == {
        f"{DEVICE}.battery": 87.0, f"{DEVICE}.input_voltage": 229.5, f"{DEVICE}.temperature": 21.0,
    }  # fmt: skip
    assert store.faults == []


def test_what_a_device_does_not_have_costs_only_itself(folder: Path) -> None:
    async def scene() -> Store:
        store = Store()
        with agent({"1.3.6.1.2.1.33.1.2.4.0": Gauge32(87)}, PUBLIC) as port:
            async with running(Snmp(map_of(tables(port), "ups.toml", folder), "ups", store)):
                await until(lambda: bool(store.readings) and len(store.faults) >= 2)
        return store

    store = asyncio.run(scene())
    assert {one.sensor for one in store.readings} == {f"{DEVICE}.battery"}
    assert {(one.code, one.reason) for one in store.faults} == {
        ("unreadable", f"{DEVICE}: input_voltage: no such instance"),
        ("unreadable", f"{DEVICE}: temperature: no such instance"),
    }


def test_a_device_that_is_silent_is_offline_with_a_reason_and_comes_back(folder: Path) -> None:
    async def scene() -> Store:
        store = Store()
        with agent(HELD, SECRET) as port:  # a wrong community is not answered
            spec = tables(port, timeout_s=0.1)
            way = Snmp(map_of(spec, "ups.toml", folder), "ups", store)
            async with running(way):
                await until(lambda: way.books.presence.counts == (0, 1))
                await until(lambda: bool(store.faults))
                assert f"{DEVICE}: no answer in 0.1 s" in way.books.trouble
                assert store.readings == []
        return store

    assert [one.code for one in asyncio.run(scene()).faults] == ["read_failed"]


def test_a_wrong_passphrase_is_named(folder: Path) -> None:
    async def scene() -> Store:
        store = Store()
        (folder / "ups.auth").write_text("another passphrase")
        with agent(HELD, USER) as port:
            spec = tables(port)
            here = {"host": "127.0.0.1", "port": port, "timeout_s": 20}
            spec["snmp"] = SECURED["snmp"] | here
            async with running(Snmp(map_of(spec, "ups.toml", folder), "ups", store)):
                await until(lambda: bool(store.faults))
        return store

    (fault,) = asyncio.run(scene()).faults
    assert fault.code == "read_failed"
    assert "digest" in fault.reason
    assert "another" not in fault.reason


def port_here(folder: Path, *, is_v3: bool = False) -> dict[str, Any]:
    """The book's port, on this machine."""
    source = PORT["source"][0] | {"address": "127.0.0.1"}
    if is_v3:
        del source["community_file"]
        keys = {name: one for name, one in SECURED["snmp"].items() if name != "host"}
        source |= keys | {"engine": ENGINE.hex()}
    return {"traps": {"bind": "127.0.0.1", "port": 0}, "source": [source]}


@pytest.mark.parametrize("kind", ["trap", "inform"])
@pytest.mark.parametrize("who", [PUBLIC, USER], ids=["v2c", "v3"])
def test_what_a_device_tells_is_kept_and_counted(folder: Path, who: Who, kind: str) -> None:
    async def scene() -> Store:
        store = Store()
        port = port_of(port_here(folder, is_v3=bool(who.user)), "traps.toml", folder)
        way = Traps(port, "traps", store)
        async with running(way):
            await until(lambda: way.receiver.bound > 0)
            failed = await tells(
                way.receiver.bound, who, kind, ON_BATTERY, **{MINUTES: Integer32(7)}
            )
            assert failed == ""
            await until(lambda: len(store.readings) == 2 and bool(store.faults))
            await until(lambda: way.books.presence.counts == (1, 1))
            # nobody says that it is online, so that it is not once it is silent for long
            (device,) = way.books.presence.news(now_ms() + 2 * IDLE_MS)[0]
            assert not device.is_online
        return store

    store = asyncio.run(scene())
    assert {one.sensor: one.value for one in store.readings} == {
        f"{DEVICE}.minutes_on_battery": 7.0, f"{DEVICE}.on_battery": 1.0,
    }  # fmt: skip
    assert [(one.code, one.text) for one in store.faults] == [
        ("device_says", b"on battery; 1.3.6.1.2.1.33.1.2.3.0 = 7")
    ]


@pytest.mark.parametrize(
    "who",
    [SECRET, PUBLIC, Who(user="anlan", **KEYS | {"auth_key": "another one"}),
     Who(user="anlan", **KEYS | {"privacy": "", "privacy_key": ""})],
    ids=["another community", "v2c for v3", "a wrong passphrase", "not hidden"],
)  # fmt: skip
def test_who_is_not_known_is_not_heard(folder: Path, who: Who) -> None:
    """A user whose keys are to hide what is said is not believed where it is readable."""

    async def scene() -> Store:
        store = Store()
        way = Traps(port_of(port_here(folder, is_v3=True), "traps.toml", folder), "traps", store)
        async with running(way):
            await until(lambda: way.receiver.bound > 0)
            await tells(way.receiver.bound, who, "trap", ON_BATTERY)
            await until(lambda: bool(store.faults))
        return store

    store = asyncio.run(scene())
    assert store.readings == []
    assert {one.code for one in store.faults} <= {"signature_wrong", "foreign_address"}


def test_garbage_and_strangers_are_counted_and_harm_nobody(folder: Path) -> None:
    async def scene(address: str) -> tuple[str, Store]:
        store, spec = Store(), port_here(folder)
        spec["source"][0]["address"] = address
        way = Traps(port_of(spec, "traps.toml", folder), "traps", store)
        async with running(way):
            await until(lambda: way.receiver.bound > 0)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as hostile:
                for one in (b"", b"\x30", b"\x30\x82\xff\xff", b"GET / HTTP/1.1", bytes(1_400)):
                    hostile.sendto(one, ("127.0.0.1", way.receiver.bound))
            wait_s = 20 if address == "127.0.0.1" else 0.3
            failed = await tells(way.receiver.bound, PUBLIC, "inform", ON_BATTERY, timeout_s=wait_s)
            await until(lambda: any(one.code != "device_says" for one in store.faults))
        return failed, store

    failed, store = asyncio.run(scene("127.0.0.1"))
    assert (failed, len(store.readings)) == ("", 1)
    assert sum(one.rows for one in store.faults if one.code == "signature_wrong") >= 1
    failed, store = asyncio.run(scene("127.0.0.9"))
    assert ("timeout" in failed, store.readings) == (True, [])
    assert [(one.code, one.text) for one in store.faults] == [("foreign_address", b"127.0.0.1")]


def test_an_inform_is_confirmed_only_once_it_is_durable(folder: Path) -> None:
    async def scene() -> None:
        store = Store()
        store.is_away = True
        way = Traps(port_of(port_here(folder), "traps.toml", folder), "traps", store)
        async with running(way):
            await until(lambda: way.receiver.bound > 0)
            failed = await tells(way.receiver.bound, PUBLIC, "inform", ON_BATTERY, timeout_s=0.3)
            assert "timeout" in failed
            await until(lambda: way.books.keeping.trouble != "")
            store.is_away = False
            assert await tells(way.receiver.bound, PUBLIC, "inform", ON_BATTERY) == ""
            assert [one.value for one in store.readings] == [1.0]

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("head", "read", "reason"),
    [
        ({"version": "1"}, {}, "[snmp]: version is '1'"),
        ({"community_file": "none"}, {}, "[snmp]: community_file: there is no file"),
        ({"user": "a"}, {}, '[snmp]: user belongs to version "3"'),
        ({"version": "3", "user": "a"}, {}, '[snmp]: community_file belongs to version "2c"'),
        ({"port": 0}, {}, "[snmp]: port must be"),
        ({}, {"values": {"v": "sysUpTime.0"}}, "[[read]] 1 v: at: 'sysUpTime.0' is no identifier"),
        ({}, {"period_s": 0}, "[[read]] 1: period_s must be"),
    ],
)
def test_a_wrong_mapping_says_where_and_why(
    folder: Path, head: dict[str, Any], read: dict[str, Any], reason: str
) -> None:
    spec = tables(161)
    spec |= {"snmp": spec["snmp"] | head, "read": [spec["read"][0] | read]}
    with pytest.raises(Malformed, match=re.escape(f"ups.toml {reason}")):
        map_of(spec, "ups.toml", folder)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"auth": "md5"}, "auth is 'md5'"),
        ({"auth_file": "short"}, "auth_file: at least 8 characters"),
        ({"address": "ups.local"}, "address, engine or names"),
        ({"engine": "xyz"}, "address, engine or names"),
        ({"names": {"linkDown": "x"}}, "'linkDown' is no identifier"),
    ],
)
def test_a_wrong_source_says_where_and_why(
    folder: Path, change: dict[str, Any], reason: str
) -> None:
    spec = port_here(folder, is_v3=True)
    spec["source"][0] |= change
    with pytest.raises(Malformed, match=re.escape(reason)) as wrong:
        port_of(spec, "traps.toml", folder)
    assert "traps.toml [[source]] 1" in str(wrong.value)
