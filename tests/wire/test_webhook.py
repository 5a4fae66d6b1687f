"""Clouds that call over a real socket: proved, durable before the answer, once."""

import asyncio
import base64
import hashlib
import hmac
import json
import re
import socket
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.connectors.webhook.codec import Call, challenge, messages_of, signature_of, taken_of
from anlan.connectors.webhook.map import Map, map_of
from anlan.live.ways.webhook import Webhook
from anlan.terms.errors import Malformed, Refused
from tests.wire.scenes import Store
from tests.wire.test_mapping import ARRIVAL, told

PAGE = Path(__file__).parents[2] / "docs/how-to/connect-nbiot.md"
BLOCK = re.compile(r"```toml\n([\s\S]*?)```\s+```text\n([\s\S]*?)```")
BOOK = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
SECRET = "token-12345678"
VALUE = {"at": 1_782_864_000_000, "type": 1, "dev_id": 5, "ds_id": "level", "value": 23.5}


def mapping(folder: Path, n: int = 0, **more: Any) -> Map:
    """A mapping of the book; n: which."""
    tables = tomllib.loads(BOOK[n][0])
    tables["webhook"] |= {"secret_file": "secret", **more}
    (folder / "secret").write_text(f"{SECRET}\n")
    return map_of(tables, "hook.toml", folder)


def pushed(msg: Any, *, token: str = SECRET, is_text: bool = False) -> bytes:
    """What OneNET sends; is_text: as its present edition does."""
    text = json.dumps(msg, ensure_ascii=False)
    made = base64.b64encode(
        hashlib.md5((token + "abc" + text).encode(), usedforsecurity=False).digest()
    ).decode()
    if is_text:
        return json.dumps({"msg": text, "nonce": "abc", "signature": made}).encode()
    return f'{{"msg": {text}, "nonce": "abc", "msg_signature": "{made}"}}'.encode()


@asynccontextmanager
async def calling(found: Map, store: Store) -> AsyncIterator[tuple[httpx.AsyncClient, Webhook]]:
    way = Webhook(found, "hook", store)
    listening = socket.create_server(("127.0.0.1", 0))
    tasks = [asyncio.create_task(one) for one in (way.serve(listening), way.books.keeping.run())]
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        async with httpx.AsyncClient(base_url=url, timeout=30) as client:
            yield client, way
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        listening.close()


@pytest.mark.parametrize("n", range(2))
def test_the_books_examples_are_so(tmp_path: Path, n: int) -> None:
    found = mapping(tmp_path, n)
    for part in re.split(r"\n(?!→)", BOOK[n][1].strip()):
        came, *wanted = part.split("\n→ ")
        taken = taken_of(found, [json.loads(came)], ARRIVAL)
        assert (told(taken), taken.faults) == (wanted, [])


def test_onenet_asks_whether_the_address_is_ours_and_then_pushes(tmp_path: Path) -> None:
    async def scene() -> None:
        store = Store()
        async with calling(mapping(tmp_path), store) as (client, way):
            sign = signature_of(SECRET, "n1", "hello+/=")
            asked = {"msg": "hello+/=", "nonce": "n1", "signature": sign}
            answer = await client.get("/onenet", params=asked)
            assert (answer.status_code, answer.text) == (200, "hello+/=")
            answer = await client.get("/onenet", params=asked | {"signature": "wrong"})
            assert answer.status_code == 403
            for body in (pushed(VALUE), pushed([VALUE], is_text=True), pushed(VALUE)):
                assert (await client.post("/onenet", content=body)).status_code == 200
            assert {(r.sensor, r.time, r.value) for r in store.readings} == {
                ("onenet-5.level", VALUE["at"], 23.5)
            }
            wrong = await client.post("/onenet", content=pushed(VALUE, token="other"))
            assert (wrong.status_code, way.books.faults["signature_wrong"]) == (403, 2)
            assert len(store.readings) == 3
            assert (await client.post("/else", content=b"")).status_code == 404
            assert (await client.put("/onenet", content=b"{}")).status_code == 405

    asyncio.run(scene())


def test_a_call_is_answered_only_after_it_is_durable(tmp_path: Path) -> None:
    async def scene() -> None:
        store = Store()
        store.is_away = True
        async with calling(mapping(tmp_path), store) as (client, way):
            answer = await client.post("/onenet", content=pushed(VALUE))
            assert (answer.status_code, way.books.keeping.trouble) == (503, "the disk is full")
            assert way.books.presence.counts == (0, 0)
            store.is_away = False
            assert (await client.post("/onenet", content=pushed(VALUE))).status_code == 200
            assert len(store.readings) == 1

    asyncio.run(scene())


def test_what_cannot_be_read_is_set_aside_and_not_asked_for_again(tmp_path: Path) -> None:
    async def scene() -> None:
        store = Store()
        async with calling(mapping(tmp_path, 1), store) as (client, _):
            sent = [b"{", json.dumps({"messageType": "dataReport", "payload": {"a": 1}}).encode()]
            for body in sent:
                answer = await client.post("/ctwing", params={"token": SECRET}, content=body)
                assert answer.status_code == 200
            bearer = {"Authorization": f"Bearer {SECRET}"}
            answer = await client.post("/ctwing", headers=bearer, content=b'{"messageType": "x"}')
            assert answer.status_code == 200
            answer = await client.post("/ctwing", content=b"x" * (1 << 20) + b"x")
            assert answer.status_code == 413
        assert store.readings == []
        assert ["not JSON" in store.faults[0].reason, "no name" in store.faults[1].reason] == [
            True, True,
        ]  # fmt: skip
        assert len(store.faults) == 2

    asyncio.run(scene())


def test_what_proves_nothing_is_refused_and_kept_nowhere(tmp_path: Path) -> None:
    """It would push what new devices said out of the quarantine."""

    async def scene() -> None:
        store = Store()
        async with calling(mapping(tmp_path), store) as (client, way):
            nested = b"[" * 5_000
            bodies = [b"", b"{", b"[]", b'{"a": 1}', b'{"msg": "\xff", "nonce": ""}', nested]
            bodies += [b'{"msg": ' + nested, b'{"msg": 1, "nonce": ""}']
            for body in bodies:
                assert (await client.post("/onenet", content=body)).status_code == 403
            assert (store.faults, way.books.faults["signature_wrong"]) == ([], len(bodies))
            proved = {"msg": "{", "nonce": "n", "signature": signature_of(SECRET, "n", "{")}
            assert (await client.post("/onenet", json=proved)).status_code == 200
            assert ["not JSON" in one.reason for one in store.faults] == [True]

    asyncio.run(scene())


def test_a_signed_body_of_another_cloud(tmp_path: Path) -> None:
    found = mapping(tmp_path, 1, cloud="other", check="hmac-sha256", path="/x")
    body = json.dumps({"messageType": "x"}).encode()
    sign = hmac.new(SECRET.encode(), body, "sha256").hexdigest()
    call = Call("POST", {}, {"x-signature": f"sha256={sign}"}, body)
    assert messages_of(found.hook, call) == [{"messageType": "x"}]
    for wrong in ({}, {"x-signature": sign[:-1]}, {"x-signature": "é"}):
        with pytest.raises(Refused):
            messages_of(found.hook, call._replace(headers=wrong))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"cloud": "aws"}, "cloud is 'aws'"),
        ({"path": "x"}, "path must begin with /"),
        ({"port": 0}, "port must be"),
        ({"secret_file": "none"}, "there is no file"),
        ({"check": "token"}, "OneNET has a way of its own"),
    ],
)
def test_a_wrong_mapping_says_where_and_why(
    tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Malformed, match=re.escape(reason)):
        mapping(tmp_path, **change)


def test_a_cloud_must_tell_the_time(tmp_path: Path) -> None:
    tables = tomllib.loads(BOOK[0][0])
    tables["webhook"]["secret_file"] = "secret"
    (tmp_path / "secret").write_text(SECRET)
    tables["message"] = [{"time_unit": "arrival", "values": {"v": "v"}}]
    with pytest.raises(Malformed, match="must tell their time"):
        map_of(tables, "hook.toml", tmp_path)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Map:
    return mapping(tmp_path_factory.mktemp("hook"))


@given(
    body=st.binary(max_size=60)
    | st.text(max_size=20).map(lambda text: pushed({"type": 1, "at": text})),
    query=st.dictionaries(
        st.sampled_from(["msg", "nonce", "signature", "token"]), st.text(max_size=9)
    ),
)
def test_no_call_raises_anything_but_a_refusal(
    found: Map, body: bytes, query: dict[str, str]
) -> None:
    call = Call("POST", query, {}, body)
    with suppress(Refused):
        challenge(found.hook, call)
    with suppress(Refused, Malformed):
        taken_of(found, messages_of(found.hook, call), 0)
