"""Traps come once: what becomes of them while nothing can be stored."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from anlan.connectors.snmp import receiver
from anlan.connectors.snmp.map import port_of
from anlan.live.ways.polled.snmp import Traps
from anlan.terms.errors import Malformed
from tests.wire.scenes import Store, now_ms
from tests.wire.snmp_agent import PUBLIC, tells
from tests.wire.test_modbus import until
from tests.wire.test_snmp import DEVICE, ON_BATTERY, port_here, running

OFF_BATTERY = "1.3.6.1.2.1.33.2.0.4"


def heard(folder: Path, play: Callable[[Traps, Store], Awaitable[None]]) -> Store:
    """What is stored of a scene before the book's port."""
    (folder / "ups.community").write_text("public")

    async def scene() -> Store:
        store = Store()
        way = Traps(port_of(port_here(folder), "traps.toml", folder), "traps", store)
        async with running(way):
            await until(lambda: way.receiver.bound > 0)
            await play(way, store)
        return store

    return asyncio.run(scene())


def test_a_trap_waits_until_it_can_be_stored(tmp_path: Path) -> None:
    gone: list[int] = []

    async def play(way: Traps, store: Store) -> None:
        store.is_away = True
        await tells(way.receiver.bound, PUBLIC, "trap", ON_BATTERY)
        await until(lambda: way.books.keeping.trouble != "")
        gone.append(now_ms())
        store.is_away = False
        await until(lambda: bool(store.faults))
        await until(lambda: way.books.told()["faults"] == {"device_says": 1})

    store = heard(tmp_path, play)
    (reading,) = store.readings
    assert (reading.sensor, reading.value) == (f"{DEVICE}.on_battery", 1.0)
    assert reading.time <= gone[0]
    assert [one.text for one in store.faults] == [b"on battery"]


def test_what_is_too_much_to_wait_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiver, "_MOST_WAITING", 1)

    async def play(way: Traps, store: Store) -> None:
        store.is_away = True
        for one in (ON_BATTERY, OFF_BATTERY):
            await tells(way.receiver.bound, PUBLIC, "trap", one)
        await until(lambda: way.receiver.lost == 1)
        store.is_away = False
        await until(lambda: any(one.code == "datagram_lost" for one in store.faults))

    store = heard(tmp_path, play)
    assert [one.rows for one in store.faults if one.code == "datagram_lost"] == [1]
    assert len(store.readings) == 1


def test_one_user_has_one_set_of_keys(tmp_path: Path) -> None:
    """Else chance would decide whose keys hold."""
    for name, text in (("a", "passphrase one"), ("b", "passphrase two")):
        (tmp_path / name).write_text(text)
    sources = [
        {"device": f"ups-{n}", "address": f"127.0.0.{n}", "version": "3", "user": "anlan",
         "auth_file": name} for n, name in enumerate("aab", 1)
    ]  # fmt: skip
    spec = {"traps": {"bind": "127.0.0.1", "port": 0}, "source": sources[:2]}
    assert len(port_of(spec, "traps.toml", tmp_path).sources) == 2
    wrong = r"\[\[source\]\] 3: user 'anlan' has other keys than in \[\[source\]\] 1"
    with pytest.raises(Malformed, match=wrong):
        port_of(spec | {"source": sources}, "traps.toml", tmp_path)
