"""Devices that send by CoAP, aiocoap as the device: proved, durable before the answer, once."""

import asyncio
import re
import socket
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import cbor2
import msgspec
import pytest
from aiocoap import Context, Message
from aiocoap.numbers.codes import Code
from hypothesis import given
from hypothesis import strategies as st

from anlan.connectors.coap.codec import Sent, prove, taken_of
from anlan.connectors.coap.map import Map, map_of
from anlan.live.ways.called.coap import Devices
from anlan.terms.errors import Malformed, Refused
from tests.wire.scenes import Store
from tests.wire.test_modbus import until

BOOK = (Path(__file__).parents[2] / "docs/how-to/connect-coap.md").read_text(encoding="utf-8")
MAPPING, KEYS = (
    re.sub(r"^   ", "", one, flags=re.M) for one in re.findall(r"```toml\n([\s\S]*?)```", BOOK)
)
KEY = "k4-7f2e91c0"
VALUE = b'{"ts": 1782864000, "lvl": 342, "bat": 80}'
TIME = 1_782_864_000_000
PACK = [{"bn": "urn:", "bt": 1_782_864_000, "n": "t", "v": 21.5}]


def mapping(folder: Path, **more: Any) -> Map:
    """The book's; at a port that the system chooses."""
    tables = tomllib.loads(MAPPING)
    tables["coap"] |= more
    (folder / "nb.keys").write_text(KEYS)
    found = map_of(tables, "nb.toml", folder)
    return found._replace(port=replace(found.port, port=0))


@asynccontextmanager
async def listening(found: Map, store: Store) -> AsyncIterator[tuple[Devices, int]]:
    way = Devices(found, "nb", store)
    keeping = asyncio.create_task(way.books.keeping.run())
    context = await way.opened()
    manager = context.request_interfaces[0].token_interface
    sock = manager.message_interface.transport.get_extra_info("socket")
    try:
        yield way, sock.getsockname()[1]
    finally:
        await context.shutdown()
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


@asynccontextmanager
async def device(port: int) -> AsyncIterator[Any]:
    """Sends, and gives the answer."""
    context = await Context.create_client_context(transports=["udp6"])

    async def send(
        path: str, payload: bytes, *, code: Code = Code.POST, key: str = KEY, media: int = 50,
        block: Any = None,
    ) -> Message:  # fmt: skip
        uri = f"coap://127.0.0.1:{port}/{path}" + (f"?key={key}" if key else "")
        message = Message(code=code, uri=uri, payload=payload, content_format=media, block1=block)
        async with asyncio.timeout(60):
            return await context.request(message, handle_blockwise=block is None).response

    try:
        yield send
    finally:
        await context.shutdown()


def test_what_a_device_sends_is_durable_when_it_hears_so(tmp_path: Path) -> None:
    async def scene() -> None:
        store = Store()
        async with listening(mapping(tmp_path), store) as (way, port), device(port) as send:
            for code in (Code.POST, Code.PUT):
                assert (await send("up/8613", VALUE, code=code)).code == Code.CHANGED
            pack = (msgspec.json.encode(PACK), 110), (cbor2.dumps(_labelled()), 112)
            for payload, media in pack:
                assert (await send("senml/8613", payload, media=media)).code == Code.CHANGED
            assert {(r.sensor, r.time, r.value) for r in store.readings} == {
                ("nb-8613.water_level", TIME, 3.42), ("nb-8613.battery", TIME, 80.0),
                ("nb-8613.urn:t", TIME, 21.5),
            }  # fmt: skip
            assert (way.books.presence.counts, store.faults) == ((1, 1), [])

    asyncio.run(scene())


def _labelled() -> list[dict[int, Any]]:
    """The pack with the labels that SenML has in CBOR."""
    return [{-2: "urn:", -3: 1_782_864_000, 0: "t", 2: 21.5}]


def test_what_is_wrong_is_answered_with_the_reason(tmp_path: Path) -> None:
    async def scene() -> None:
        store = Store()
        async with listening(mapping(tmp_path), store) as (way, port), device(port) as send:
            answer = await send("up/8613", b'{"lvl": 3')
            assert (answer.code, b"not JSON" in answer.payload) == (Code.BAD_REQUEST, True)
            answer = await send("up/8613", b'{"ts": 1782864000, "lvl": "high"}')
            assert (answer.code, b"high" in answer.payload) == (Code.BAD_REQUEST, True)
            assert [one.code for one in store.faults] == ["unreadable"] * 2
            for key in ("", "wrong", KEY + "x"):
                assert (await send("up/8613", VALUE, key=key)).code == Code.UNAUTHORIZED
            assert (await send("up/8614", VALUE)).code == Code.UNAUTHORIZED
            answer = await send("up/8613", VALUE, media=41)
            assert answer.code == Code.UNSUPPORTED_CONTENT_FORMAT
            answer = await send("up/8613", b"", code=Code.GET)
            assert answer.code == Code.METHOD_NOT_ALLOWED
            assert way.books.faults["key_wrong"] == 4
            assert (len(store.faults), store.readings) == (2, [])

    asyncio.run(scene())


def test_without_keys_any_path_of_the_mapping_is_taken_from_those_let_in(tmp_path: Path) -> None:
    async def scene() -> None:
        store = Store()
        found = mapping(tmp_path)
        free = found._replace(port=replace(found.port, keys=None))
        async with listening(free, store) as (_, port), device(port) as send:
            assert (await send("up/9", VALUE, key="")).code == Code.CHANGED
            assert (await send("else/9", VALUE, key="")).code == Code.NOT_FOUND
        far = map_of(_tables(addresses=["10.0.0.0/8"]), "nb.toml", tmp_path)
        far = far._replace(port=replace(far.port, port=0))
        async with listening(far, store) as (way, port), device(port) as send:
            assert (await send("up/8613", VALUE)).code == Code.FORBIDDEN
            assert way.books.faults["foreign_address"] == 1

    asyncio.run(scene())


def _tables(**more: Any) -> dict[str, Any]:
    tables = tomllib.loads(MAPPING)
    tables["coap"] |= more
    return tables


def test_what_cannot_be_stored_is_not_acknowledged(tmp_path: Path) -> None:
    async def scene() -> None:
        store = Store()
        store.is_away = True
        async with listening(mapping(tmp_path), store) as (way, port), device(port) as send:
            answer = await send("up/8613", VALUE)
            assert (answer.code, way.books.presence.counts) == (Code.SERVICE_UNAVAILABLE, (0, 0))
            store.is_away = False
            assert (await send("up/8613", VALUE)).code == Code.CHANGED
            assert len(store.readings) == 2

    asyncio.run(scene())


def test_a_message_in_blocks_is_one_and_a_long_one_none(tmp_path: Path) -> None:
    async def scene() -> None:
        store = Store()
        async with listening(mapping(tmp_path), store) as (_, port), device(port) as send:
            long = VALUE[:-1] + b', "more": "' + b"x" * 3_000 + b'"}'
            assert (await send("up/8613", long)).code == Code.CHANGED
            answer = await send("up/8613", b" " * (70 << 10))
            assert answer.code == Code.REQUEST_ENTITY_TOO_LARGE
            assert len(store.readings) == 2

    asyncio.run(scene())


BEGIN, REST = (0, True, 6), (1, False, 6)
"""The first block of a kilobyte, and the last."""
HALF = b" " * 1_024


def test_who_may_not_send_has_no_block_kept(tmp_path: Path) -> None:
    async def scene(found: Map, **more: Any) -> Code:
        found = found._replace(port=replace(found.port, port=0))
        async with listening(found, Store()) as (way, port), device(port) as send:
            answer = await send("up/8613", HALF, block=BEGIN, **more)
            assert (len(way.blocks), way.books.faults.total()) == (0, 1)
            return answer.code

    near = mapping(tmp_path)
    far = map_of(_tables(addresses=["10.0.0.0/8"]), "nb.toml", tmp_path)
    assert asyncio.run(scene(far)) == Code.FORBIDDEN
    assert asyncio.run(scene(near, key="wrong")) == Code.UNAUTHORIZED
    assert asyncio.run(scene(near, code=Code.GET)) == Code.METHOD_NOT_ALLOWED


def test_of_too_many_begun_messages_the_oldest_are_dropped(tmp_path: Path) -> None:
    async def scene() -> None:
        store, found = Store(), mapping(tmp_path, messages_per_s=100_000)
        free = found._replace(port=replace(found.port, keys=None))
        async with listening(free, store) as (way, port), device(port) as send:
            for n in range(258):
                begun = await send(f"up/{n}", HALF, block=BEGIN)
                assert begun.code == Code.CONTINUE
            assert len(way.blocks) == 256
            answers = [await send(f"up/{n}", VALUE, block=REST) for n in (1, 257)]
            assert [one.code for one in answers] == [Code.REQUEST_ENTITY_INCOMPLETE, Code.CHANGED]
            assert {one.sensor for one in store.readings} == {
                "nb-257.water_level", "nb-257.battery",
            }  # fmt: skip

    asyncio.run(scene())


class _Sender(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.heard: list[bytes] = []

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.heard.append(data)

    def is_answered(self, token: bytes) -> bool:
        """Whether 2.04 came, with the acknowledgement or after it."""
        return any(one[1:2] + one[4:5] == b"\x44" + token for one in self.heard)

    def numbered(self, number: bytes) -> int:
        """How often a message was acknowledged, by its number."""
        return sum(one[2:4] == number for one in self.heard)


def test_a_message_that_is_sent_again_is_taken_once_and_hears_the_same(tmp_path: Path) -> None:
    async def scene() -> None:
        store = Store()
        found = mapping(tmp_path)
        free = found._replace(port=replace(found.port, keys=None))
        async with listening(free, store) as (way, port):
            loop = asyncio.get_running_loop()
            transport, sender = await loop.create_datagram_endpoint(
                _Sender, remote_addr=("127.0.0.1", port), family=socket.AF_INET
            )
            sent = [
                b"\x41\x02\x12" + number + token + b"\xb2up\x048613\xff" + VALUE
                for number, token in ((b"\x34", b"\x77"), (b"\x35", b"\x78"))
            ]  # CON POST /up/8613
            for raw in (sent[0], sent[0], sent[1]):
                before = sender.numbered(raw[2:4])
                transport.sendto(raw)
                await until(lambda: sender.is_answered(raw[4:5]))  # noqa: B023 - waited for here
                await until(lambda: sender.numbered(raw[2:4]) > before)  # noqa: B023 - likewise
            transport.close()
            assert (way.books.frames, len(store.readings)) == (2, 4)

    asyncio.run(scene())


def test_nothing_is_remembered_of_one_who_may_not_send(tmp_path: Path) -> None:
    async def scene() -> None:
        far = map_of(_tables(addresses=["10.0.0.0/8"]), "nb.toml", tmp_path)
        far = far._replace(port=replace(far.port, port=0))
        async with listening(far, Store()) as (way, port):
            loop = asyncio.get_running_loop()
            transport, sender = await loop.create_datagram_endpoint(
                _Sender, remote_addr=("127.0.0.1", port), family=socket.AF_INET
            )
            for n in (1, 2):
                transport.sendto(b"\x41\x02\x12\x34\x77\xb2up\x048613\xff" + VALUE)
                await until(lambda: sender.numbered(b"\x12\x34") == n)  # noqa: B023 - waited for
                assert way.books.faults["foreign_address"] == n
            transport.close()

    (tmp_path / "nb.keys").write_text(KEYS)
    asyncio.run(scene())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"port": 0}, "port must be"),
        ({"addresses": ["x"]}, "addresses must be a list of networks"),
        ({"keys_file": "none"}, "there is no file"),
        ({"messages_per_s": 0}, "messages_per_s must be above 0"),
        ({"dtls": True}, "no such key: dtls"),
    ],
)
def test_a_wrong_mapping_says_where_and_why(
    tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Malformed, match=re.escape(reason)):
        mapping(tmp_path, **change)


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"path": "a//b"}, "path is levels"), ({"path": "a+"}, "path is levels"),
     ({"path": "up"}, "the path has not so many levels")],
)  # fmt: skip
def test_a_wrong_path_says_where_and_why(
    tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    (tmp_path / "nb.keys").write_text(KEYS)
    tables = tomllib.loads(MAPPING)
    tables["message"][2] |= change
    with pytest.raises(Malformed, match=re.escape(reason)) as wrong:
        map_of(tables, "nb.toml", tmp_path)
    assert "[[message]] 3" in str(wrong.value)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Map:
    return mapping(tmp_path_factory.mktemp("nb"))


@pytest.mark.parametrize(
    "payload", [msgspec.json.encode(PACK), cbor2.dumps(PACK)], ids=["json", "cbor"]
)
def test_what_does_not_say_its_format_is_read_by_the_mapping_that_can(
    found: Map, payload: bytes
) -> None:
    taken = taken_of(found, Sent(("senml", "8613"), payload, at=TIME))
    assert [(one.sensor, one.value) for one in taken.readings] == [("nb-8613.urn:t", 21.5)]


def test_what_no_mapping_can_read_hears_why_of_each(found: Map) -> None:
    with pytest.raises(Malformed, match=r"not JSON .*; not CBOR"):
        taken_of(found, Sent(("senml", "8613"), b"\xff\xff", at=TIME))


@given(
    levels=st.lists(st.sampled_from(["up", "senml", "8613", "", "é"]), max_size=3).map(tuple),
    payload=st.binary(max_size=60) | st.sampled_from([VALUE, b"[" * 5_000, cbor2.dumps(PACK)]),
    key=st.sampled_from([KEY, "", "é"]), media=st.sampled_from([None, 0, 50, 60, 112, 9_999]),
)  # fmt: skip
def test_no_message_raises_anything_but_a_refusal(
    found: Map, levels: tuple[str, ...], payload: bytes, key: str, media: int | None
) -> None:
    sent = Sent(levels, payload, key, media, TIME)
    with suppress(Refused, Malformed):
        taken_of(found, sent)
        prove(found, sent)
