"""Nodes of a real OPC UA server, subscribed to as the book's mapping says."""

import asyncio
import math
import re
import sys
import tomllib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from asyncua import ua
from asyncua.ua.status_codes import StatusCodes

from anlan.connectors.mapping import Taken
from anlan.connectors.opcua.codec import Spoken, spoken_of, taken_of
from anlan.connectors.opcua.map import map_of
from anlan.live.gateway.store import Intake
from anlan.live.ways.polled.opcua import OpcUa
from anlan.live.ways.settings import ways_in
from anlan.terms.errors import Malformed
from anlan.terms.quality import Quality
from anlan.terms.readings import Reading
from tests.wire.opcua_server import Plant, plant
from tests.wire.scenes import Store
from tests.wire.test_modbus import Relay, until

BOOK = (Path(__file__).parents[2] / "docs/how-to/connect-opcua.md").read_text(encoding="utf-8")
FIRST, SECURED = (
    tomllib.loads(re.sub(r"^   ", "", one, flags=re.M))
    for one in re.findall(r"```toml\n([\s\S]*?)```", BOOK)
)
DEVICE = "330110-tank-2"
LEVEL = f"{DEVICE}.water_level"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("opcua")


@pytest.fixture(scope="module")
def tank(folder: Path) -> Iterator[Plant]:
    with plant(folder) as found:
        yield found


def tables(port: int, **more: Any) -> dict[str, Any]:
    """The book's mapping for a server on this machine."""
    head = FIRST["opcua"] | {"url": f"opc.tcp://127.0.0.1:{port}", "period_s": 0.1, "timeout_s": 5}
    return FIRST | {"opcua": head | more}


@asynccontextmanager
async def listening(spec: dict[str, Any], folder: Path, store: Store) -> AsyncIterator[OpcUa]:
    way = OpcUa(map_of(spec, "tanks.toml", folder), "tanks", store)
    tasks = [asyncio.create_task(one) for one in (way.run(), way.books.keeping.run())]
    try:
        yield way
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def of(store: Store, sensor: str) -> list[Reading]:
    return [one for one in store.readings if one.sensor == sensor]


def value(number: float, status: int, second: int) -> ua.DataValue:
    moment = ua.DateTime(2026, 7, 1, 0, 0, second, tzinfo=UTC)
    return ua.DataValue(
        ua.Variant(number, ua.VariantType.Double),
        ua.StatusCode(ua.UInt32(status)),
        SourceTimestamp=moment,
    )


SECOND = 1_782_864_000_000  # 2026-07-01, ms UTC


def test_what_changes_comes_with_its_time_and_its_status(tank: Plant, folder: Path) -> None:
    async def scene() -> Store:
        store = Store()

        def was_told(n: int) -> bool:
            return of(store, LEVEL)[-1].time == SECOND + n * 1000

        async with listening(tables(tank.port), folder, store) as way:
            await until(lambda: len({one.sensor for one in store.readings}) == 3)
            assert way.books.presence.counts == (1, 1)
            for n, (number, status) in enumerate(
                [(3.5, 0), (9.9, StatusCodes.BadSensorFailure),
                 (3.25, StatusCodes.UncertainLastUsableValue), (3.0, 0)], 1
            ):  # fmt: skip
                tank.says("level", value(number, status, n))
                await until(partial(was_told, n))
        return store

    store = asyncio.run(scene())
    first = {one.sensor: one.value for one in reversed(store.readings)}
    assert first[f"{DEVICE}.pressure"] == pytest.approx(101.3)
    assert first[f"{DEVICE}.running"] == 1.0
    good, bad, uncertain, again = of(store, LEVEL)[-4:]
    assert (good.value, good.quality) == (3.5, Quality.GOOD)
    assert math.isnan(bad.value)
    assert bad.quality == Quality.BAD
    assert (uncertain.value, uncertain.quality) == (3.25, Quality.UNCERTAIN)
    assert (again.value, again.quality) == (3.0, Quality.GOOD)
    assert [(one.code, one.reason.split(",")[0]) for one in store.faults] == [
        ("status_bad", f"{DEVICE}: water_level: BadSensorFailure"),
        ("status_bad", f"{DEVICE}: water_level: UncertainLastUsableValue"),
    ]


def test_what_changes_while_its_time_stands_still_is_not_lost() -> None:
    (group,) = map_of(tables(1), "x", Path()).groups
    point, into = group.points[0], Taken([], [], [])
    before: Spoken | None = None
    for at, number in enumerate((1.0, 2.0, 2.0, 9.0), SECOND + 5_000):
        told = value(number, 0, 0)
        taken_of(group, point, told, at=at, before=before, into=into)
        before = spoken_of(told, at)
    assert [(one.time - SECOND, one.value) for one in into.readings] == [
        (0, 1.0), (5_001, 2.0), (5_002, 2.0), (5_003, 9.0)]  # fmt: skip


def test_what_stays_the_same_is_told_again(tank: Plant, folder: Path) -> None:
    async def scene() -> None:
        store = Store()
        async with listening(tables(tank.port, repeat_s=0.1), folder, store):
            await until(lambda: len({one.time for one in of(store, f"{DEVICE}.running")}) > 4)

    asyncio.run(scene())


def test_a_node_that_is_unknown_costs_only_itself(tank: Plant, folder: Path) -> None:
    async def scene() -> Store:
        store = Store()
        spec = tables(tank.port)
        read = spec["read"][0]
        ghost = {"device": "ghost", "values": {"x": "ns=2;s=Nowhere"}}
        async with listening(spec | {"read": [read, ghost]}, folder, store) as way:
            await until(lambda: bool(store.faults) and bool(of(store, LEVEL)))
            assert way.books.presence.counts == (1, 2)
            assert way.books.trouble.startswith("ghost: x: BadNodeIdUnknown")
        return store

    store = asyncio.run(scene())
    assert [one.reason.split(",")[0] for one in store.faults] == ["ghost: x: BadNodeIdUnknown"]


def test_a_line_that_is_cut_is_offline_with_a_reason_and_comes_back(
    tank: Plant, folder: Path
) -> None:
    async def scene() -> Store:
        store = Store()
        relay = Relay(tank.port)
        async with listening(tables(await relay.begin()), folder, store) as way:
            presence = way.books.presence
            await until(lambda: presence.counts == (1, 1))
            relay.cut(True)
            await until(lambda: presence.counts == (0, 1) and way.books.trouble != "")
            before = len(store.readings)
            relay.cut(False)
            await until(lambda: presence.counts == (1, 1) and len(store.readings) > before)
            assert way.books.trouble == ""
        relay.end()
        return store

    assert {one.code for one in asyncio.run(scene()).faults} == {"read_failed"}


@pytest.mark.parametrize("security", ["sign", "encrypt"])
@pytest.mark.parametrize("user", ["nobody", "password", "certificate"])
def test_a_secured_line_brings_values(tank: Plant, folder: Path, security: str, user: str) -> None:
    async def scene() -> None:
        store = Store()
        async with listening(secured(tank.port, security, user, folder), folder, store) as way:
            await until(lambda: len({one.sensor for one in store.readings}) == 3)
            assert way.books.trouble == ""

    asyncio.run(scene())
    came = {"nobody": "own.der", "certificate": "user.der"}.get(user)
    assert tank.users.came == ((folder / came).read_bytes() if came else "anlan")


def secured(port: int, security: str, user: str, folder: Path) -> dict[str, Any]:
    """The book's secured line, with the files that are here."""
    (folder / "password").write_text("correct horse\n")
    keys = ("certificate", "key", "server_certificate")
    files = dict(zip(keys, ("own.der", "own-key.pem", "server.der"), strict=True))
    who = {
        "nobody": {},
        "password": {"user": "anlan", "password_file": "password"},
        "certificate": {"user_certificate": "user.der", "user_key": "user-key.pem"},
    }[user]
    assert SECURED["opcua"].keys() == {"url", "security", "user", "password_file", *keys}
    return tables(port, security=security, **files, **who)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"server_certificate": "other.der"}, ""),
        ({"password_file": "wrong"}, "BadUserAccessDenied"),
    ],
    ids=["another server", "a wrong password"],
)
def test_who_is_not_known_is_not_spoken_to(
    tank: Plant, folder: Path, change: dict[str, str], reason: str
) -> None:
    (folder / "wrong").write_text("guess")

    async def scene() -> None:
        store = Store()
        spec = secured(tank.port, "encrypt", "password", folder)
        spec["opcua"] |= change | {"timeout_s": 1}
        async with listening(spec, folder, store) as way:
            await until(lambda: bool(store.faults))
            assert way.books.presence.counts == (0, 1)
        assert reason in store.faults[0].reason
        assert "guess" not in store.faults[0].reason
        assert store.readings == []

    asyncio.run(scene())


def test_a_far_end_that_speaks_something_else_is_a_failure_and_no_more(folder: Path) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    async def scene() -> None:
        store = Store()
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        spec = tables(server.sockets[0].getsockname()[1], timeout_s=0.5)
        async with server, listening(spec, folder, store) as way:
            await until(lambda: bool(store.faults))
            assert way.books.presence.counts == (0, 1)

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("head", "read", "reason"),
    [
        ({"url": "http://a"}, {}, "[opcua]: url must be opc.tcp://HOST:PORT"),
        ({"url": "opc.tcp://u:p@a:1"}, {}, "[opcua]: url must be"),
        ({"security": "sign"}, {}, "[opcua]: security needs certificate"),
        ({"user": "a"}, {}, "[opcua]: user and password_file belong together"),
        ({"user": "a", "password_file": "password"}, {}, "[opcua]: user: without security"),
        ({"key": "absent.pem"}, {}, "[opcua]: key: there is no file"),
        ({"period": 1}, {}, "[opcua]: no such key: period"),
        ({}, {"values": {"v": "Tank2"}}, "[[read]] 1 v: at: 'Tank2' is no node"),
        ({}, {"values": {"v": "ns=2;i=99999999999"}}, "[[read]] 1 v: at: 'ns=2;i=99999999999'"),
        ({}, {"values": {"v": "ns=70000;s=a"}}, "[[read]] 1 v: at: 'ns=70000;s=a' is no node"),
        ({}, {"values": {"v": {"at": "i=1", "bit": 3}}}, "[[read]] 1 v: bit:"),
        ({}, {"values": {}}, "[[read]] 1: values must be"),
    ],
)
def test_a_wrong_mapping_says_where_and_why(
    folder: Path, head: dict[str, Any], read: dict[str, Any], reason: str
) -> None:
    (folder / "password").write_text("correct horse\n")
    spec = tables(1)
    spec |= {"opcua": spec["opcua"] | head, "read": [spec["read"][0] | read]}
    with pytest.raises(Malformed, match=re.escape(f"tanks.toml {reason}")):
        map_of(spec, "tanks.toml", folder)


def test_without_the_library_it_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ways").mkdir()
    (tmp_path / "ways" / "tanks.toml").write_text("[opcua]\n")
    ours = ("asyncua", "anlan.connectors.opcua", "anlan.live.ways.polled.opcua")
    for name in [one for one in sys.modules if one.startswith(ours)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "asyncua", None)
    (found,) = ways_in(tmp_path, lambda: Intake(tmp_path)).mapped
    assert found.way is None
    assert "pip install 'anlan[opcua]'" in found.why
