"""A gateway over HTTP, as its file describes it: over a real socket, and what its answers mean."""

import hashlib
import hmac
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from anlan.channels import Address, Fault, State
from anlan.channels.sms.web import Settings, WebSms
from anlan.channels.sms.web.filling import signed
from anlan.channels.sms.web.gateway import gateway_in, gateway_of
from anlan.channels.sms.web.told import Call, judge, replies_in, reports_in
from anlan.sandtable.sinks.sms.web import DESCRIPTION, WebCentre
from anlan.terms.errors import Malformed, Refused
from tests.wire.channels.conftest import a_message
from tests.wire.channels.peers import Peer

PHONE, NOW_MS = Address("sms", "138 0013 8000"), 1_782_880_805_000
SECRET = b"a secret of the callback"
TOLD: dict[str, Any] = tomllib.loads(DESCRIPTION.format(url="http://127.0.0.1/send"))


@pytest.fixture
def far() -> Iterator[WebCentre]:
    with WebCentre(user="duty", password="of the account") as centre:
        yield centre


def way_to(description: str, tmp_path: Path, **more: Any) -> WebSms:
    path = tmp_path / "sms.toml"
    path.write_text(description, "utf-8")
    usual = {"user": "duty", "password": "of the account", "sender": "1069"}
    return WebSms(Settings(gateway=gateway_in(path), **(usual | more)))


def test_a_message_arrives_once_however_often_it_is_tried(far: WebCentre, tmp_path: Path) -> None:
    way, message = way_to(far.description, tmp_path), a_message(text='红色"预警"\n{user}&=')
    far.habits.cut = True
    lost = way.send(message, PHONE, now_ms=NOW_MS)
    assert (lost.state, lost.fault) == (State.FAILED, Fault.ANSWER)
    far.habits.cut = False
    receipt = way.send(message, PHONE, now_ms=NOW_MS + 15_000)
    assert (receipt.state, receipt.reference) == (State.ACCEPTED, "G00000001")
    (told,) = far.taken
    assert (told["to"], told["content"]) == ("13800138000", message.text)
    assert told["ext"] == {"id": message.key, "from": "1069"}


@pytest.mark.parametrize(
    ("habits", "state", "fault"),
    [
        ({"code": 1003}, State.REFUSED, Fault.RECIPIENT),
        ({"code": 1001}, State.FAILED, Fault.SETTINGS),
        ({"code": 77}, State.FAILED, Fault.BUSY),
        ({"nonsense": True}, State.FAILED, Fault.ANSWER),
        ({"nonsense": True, "status": 404}, State.FAILED, Fault.SETTINGS),
        ({"nonsense": True, "status": 503}, State.FAILED, Fault.BUSY),
        ({"slow_s": 15.0}, State.FAILED, Fault.TIMEOUT),
    ],
)
def test_what_goes_wrong_is_told_and_loses_nobody(
    far: WebCentre, tmp_path: Path, habits: dict[str, Any], state: State, fault: Fault
) -> None:
    for name, value in habits.items():
        setattr(far.habits, name, value)
    timeout_s = 0.4 if fault is Fault.TIMEOUT else 60.0
    way = way_to(far.description, tmp_path, timeout_s=timeout_s)
    receipt = way.send(a_message(), PHONE, now_ms=1)
    assert (receipt.state, receipt.fault) == (state, fault)


def test_a_form_in_the_signs_of_the_house_and_an_answer_in_plain_text(tmp_path: Path) -> None:
    asked: list[bytes] = []

    def script(sock: Any) -> None:
        data = b""
        while b"sign=" not in data:
            data += sock.recv(65_536)
        asked.append(data)
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n0,4711 taken")

    with Peer(script) as peer:
        told = f"""
url = "http://127.0.0.1:{peer.port}/sms"
form = "form"
charset = "gbk"
body = {{ mobile = "{{number}}", msg = "{{text}}", sign = "{{signature}}" }}
sign = {{ over = "{{user}}{{password}}{{time_s}}", by = "md5" }}
answer = {{ pattern = '^(?P<verdict>-?\\d+),(?P<reference>\\d+)', accepted = ["0"] }}
"""
        receipt = way_to(told, tmp_path).send(a_message(text="水&位"), PHONE, now_ms=NOW_MS)
    assert (receipt.state, receipt.reference) == (State.ACCEPTED, "4711")
    mark = hashlib.md5(b"dutyof the account1782880805", usedforsecurity=False).hexdigest()
    assert asked[0].endswith(f"msg=%CB%AE%26%CE%BB&sign={mark}".encode())


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "ftp://x"}, {"method": "TRACE"}, {"colour": "red"}, {"body": {"a": "{secret}"}},
        {"headers": {"X": "a\r\nb"}}, {"headers": {"X-Text": "{text}"}}, {"headers": {"Host": "x"}},
        {"answer": {"pattern": "("}}, {"answer": {"verdict": "code"}}, {"sign": {"by": "rot13"}},
        {"body": {"s": "{signature}"}}, {"charset": "gbk"}, {"proof": {"by": "sha256"}},
        {"proof": {"signature": "S", "by": "md5"}}, {"proof": {"signature": "S", "over": "{time}"}},
        {"proof": {"token": "T", "allowed": ["all"]}}, {"report": {"reference": "id"}},
        {"reply": "x"}, {"reply": {"number": "from", "text": "content"}},
        {"proof": {"signature": "S", "over": "{body}"}},
        {"proof": {"signature": "S", "time": "T", "over": "{body}"}},
    ],
)  # fmt: skip
def test_a_description_that_is_wrong_says_where(wrong: dict[str, Any]) -> None:
    sound = {"url": "http://10.1.2.3/send", "body": {"to": "{number}"}}
    with pytest.raises(Malformed) as caught:
        gateway_of(sound | wrong)
    assert next(iter(wrong)).split(".")[0] in str(caught.value)


def call(body: bytes, **changes: Any) -> Call:
    """A call as the gateway makes it, but for what the test changes."""
    moment = changes.get("moment", str(NOW_MS // 1000))
    proof = hmac.new(changes.get("key", SECRET), moment.encode() + body, "sha256").hexdigest()
    headers = {"X-Time": moment, "X-Signature": changes.get("proof", proof)}
    return Call(body=changes.get("sent", body), header=lambda name: headers.get(name, ""),
                query=lambda _name: "", caller=changes.get("caller", "127.0.0.1"))  # fmt: skip


def test_only_the_gateway_is_believed() -> None:
    proof = gateway_of(TOLD).proof
    assert proof is not None
    judge(call(b"{}"), proof, SECRET, now_ms=NOW_MS)
    for wrong in (
        {"key": b"another of sixteen"}, {"sent": b"{} "}, {"proof": ""}, {"moment": "x" * 10},
        {"moment": str(NOW_MS // 1000 - 301)}, {"caller": "192.0.2.1"}, {"caller": "nobody"},
    ):  # fmt: skip
        with pytest.raises(Refused):
            judge(call(b"{}", **wrong), proof, SECRET, now_ms=NOW_MS)
    with pytest.raises(Refused):
        judge(call(b"{}", key=b""), proof, b"", now_ms=NOW_MS)


def test_reports_and_replies_are_read_and_odd_entries_cost_only_themselves() -> None:
    gateway = gateway_of(TOLD)
    body = json.dumps({"reports": [
        {"msg": "G1", "state": "DELIVRD"}, {"msg": "G2", "state": "UNDELIV"}, {"msg": 3},
        {"msg": "G4", "state": "ACCEPTD"}, {"msg": {"x": 1}, "state": "DELIVRD"}, {},
    ]}).encode()  # fmt: skip
    found = reports_in(body, gateway, now_ms=NOW_MS)
    states = [(one.reference, one.receipt.state) for one in found if one.receipt]
    assert states == [("G1", State.DELIVERED), ("G2", State.REFUSED)]
    told = '{"replies": [{"from": "+8613800138000", "content": "1\\u0000", "id": "r1"}, {}]}'
    (reply,) = replies_in(told.encode(), gateway, now_ms=NOW_MS)
    assert (reply.address, reply.text.strip(), reply.key) == ("13800138000", "1", "reply:r1")


@pytest.mark.parametrize(
    "body", [b"", b"[" * 100_000, b"\xff", b"7", b'{"reports": 7}', b'{"reports": [1]}']
)
def test_what_is_no_callback_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        reports_in(body, gateway_of(TOLD), now_ms=NOW_MS)


def test_a_reply_that_is_told_again_later_is_the_same_one() -> None:
    told = TOLD | {"reply": {"form": "form", "number": "from", "text": "text", "time": "at"}}
    body, later = b"from=13800138000&text=1&at=2026-07-01+12:00:05", NOW_MS + 600_000
    first, again, without, once_more, another = (
        replies_in(one, gateway_of(told), now_ms=at)[0].key
        for one, at in [
            (body, NOW_MS),
            (body, later),
            (body[:27], NOW_MS),
            (body[:27], later),
            (body + b"0", NOW_MS),
        ]
    )
    assert first == again
    assert without == once_more
    assert len({first, without, another}) == 3


@pytest.mark.parametrize("form", ["form", "query"])
@pytest.mark.parametrize("charset", ["utf-8", "gbk", "gb18030"])
def test_what_comes_as_a_form_is_in_the_signs_of_the_gateway(form: str, charset: str) -> None:
    told = TOLD | {"form": "form", "charset": charset}
    told |= {"reply": {"form": form, "number": "from", "text": "text", "key": "id"}}
    written = "镕水位+1&已转移"
    bare = quote("水位", encoding=charset).encode()
    whole = urlencode({"from": "1380", "text": written, "id": "7"}, encoding=charset).encode()
    (reply,) = replies_in(whole, gateway_of(told), now_ms=NOW_MS)
    assert reply.text == written
    raw = whole.replace(bare, "水位".encode(charset))  # not every gateway writes %
    assert raw != whole
    (reply,) = replies_in(raw, gateway_of(told), now_ms=NOW_MS)
    assert reply.text == written


def test_the_signature_is_that_of_the_published_example() -> None:
    """RFC 4231, test case 2."""
    mark = signed(b"what do ya want for nothing?", by="hmac-sha256", key=b"Jefe", written="hex")
    assert mark == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


def test_the_examples_of_the_manual_are_sound() -> None:
    manual = Path("docs/how-to/sms-by-http.md").read_text("utf-8")
    _options, *described = re.findall(r"```toml\n(.*?)```", manual, re.DOTALL)
    assert len(described) == 2
    for one in described:
        gateway = gateway_of(tomllib.loads(one))
        assert None not in (gateway.report, gateway.reply, gateway.proof)
