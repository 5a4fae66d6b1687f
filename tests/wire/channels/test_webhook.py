"""What a receiver of a webhook gets, what its answers mean, and what must be set."""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode

import pytest

from anlan.channels import Address, Fault, Receipt, State, Status
from anlan.channels.webhook import Settings, Webhook
from anlan.terms.errors import Malformed
from tests.wire.channels.conftest import SECRET, a_message
from tests.wire.channels.peers import Peer, Receiver, silent

NOW_MS = 1_782_880_805_000
HTTP_DATE = "Wed, 01 Jul 2026 04:42:05 GMT"  # 120 s after now


def sent(receiver: Receiver, *, now_ms: int = NOW_MS, path: str = "/notices") -> Receipt:
    with Peer(receiver) as peer:
        address = Address("webhook", f"http://127.0.0.1:{peer.port}{path}")
        channel = Webhook(Settings(secret=SECRET, allows_private=True))
        return channel.send(a_message(status=Status.TEST), address, now_ms=now_ms)


def answered(head: str, body: str = "") -> Receipt:
    """The receipt for an answer of these first lines."""
    return sent(Receiver(f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\n\r\n{body}"))


def test_a_receiver_gets_the_whole_message_as_json() -> None:
    receiver = Receiver()
    assert sent(receiver, path="/notices?of=a%20b").state is State.ACCEPTED
    first, headers, body = receiver.requests[0]
    assert first == "POST /notices?of=a%20b HTTP/1.1"
    assert headers["host"].startswith("127.0.0.1:")
    assert json.loads(body) == {
        "key": "watch.17:raised",
        "kind": "alarm",
        "status": "Test",
        "subject": "【测试】梧桐县清水河站水位超保证水位",
        "text": "【测试】当前水位 5.12 m,保证水位 5.00 m。\n请立即核实。",
        "language": "zh-Hans",
        "cause": "alarm/17",
        "created_at": "2026-07-01T04:40:00Z",
    }


def test_the_signature_is_that_of_standard_webhooks() -> None:
    receiver = Receiver()
    sent(receiver)
    _, headers, body = receiver.requests[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()
    version, _, told = headers["webhook-signature"].partition(",")
    assert version == "v1"
    assert b64decode(told) == expected
    assert headers["webhook-timestamp"] == str(NOW_MS // 1000)


def test_a_second_try_has_the_same_id_and_body_and_its_own_time() -> None:
    receiver = Receiver()
    sent(receiver)
    sent(receiver, now_ms=NOW_MS + 60_000)
    (_, first, body), (_, second, again) = receiver.requests
    assert body == again
    assert first["idempotency-key"] == second["idempotency-key"] == "watch.17:raised"
    assert int(second["webhook-timestamp"]) == int(first["webhook-timestamp"]) + 60


@pytest.mark.parametrize(
    ("head", "state", "fault"),
    [
        ("200 OK", State.ACCEPTED, None),
        ("202 Accepted", State.ACCEPTED, None),
        ("301 Moved\r\nLocation: http://elsewhere.example/", State.REFUSED, Fault.ADDRESS),
        ("307 Moved\r\nLocation: http://169.254.169.254/", State.REFUSED, Fault.ADDRESS),
        ("400 Bad", State.REFUSED, Fault.CONTENT),
        ("401 Who", State.REFUSED, Fault.RECIPIENT),
        ("404 None", State.REFUSED, Fault.RECIPIENT),
        ("408 Slow", State.FAILED, Fault.BUSY),
        ("410 Gone", State.REFUSED, Fault.RECIPIENT),
        ("422 No", State.REFUSED, Fault.CONTENT),
        ("425 Early", State.FAILED, Fault.BUSY),
        ("429 Much", State.FAILED, Fault.BUSY),
        ("500 Oh", State.FAILED, Fault.BUSY),
        ("504 Late", State.FAILED, Fault.BUSY),
    ],
)
def test_an_answer_means(head: str, state: State, fault: Fault | None) -> None:
    receipt = answered(head)
    assert (receipt.state, receipt.fault) == (state, fault)
    assert (head[:3] in receipt.reason) == (fault is not None)


def test_a_redirect_is_not_followed_but_named() -> None:
    with Peer(Receiver()) as elsewhere:
        receipt = answered(f"302 Found\r\nLocation: http://127.0.0.1:{elsewhere.port}/")
        assert elsewhere.connections == 0
    assert str(elsewhere.port) in receipt.reason


def test_the_first_words_of_a_refusal_are_kept_in_one_line() -> None:
    receipt = answered("400 Bad", '{"error":\r\n "no such channel"}' + "x" * 50_000)
    assert 'answers 400 {"error": "no such channel"}' in receipt.reason
    assert len(receipt.reason) <= 500


@pytest.mark.parametrize(
    ("asked", "wait_s"),
    [
        ("120", 120),
        (HTTP_DATE, 120),
        ("Wed, 01 Jul 2020 04:42:05 GMT", 0),
        ("-5", 0),
        ("99999999", 3_600),
        ("9" * 5_000, 0),
        ("soon", 0),
        ("Wed, 99 Jul 2026 04:42:05 GMT", 0),
    ],
)
@pytest.mark.parametrize("status", ["429 Much", "503 Busy"])
def test_retry_after_is_honoured_within_an_hour(status: str, asked: str, wait_s: int) -> None:
    assert answered(f"{status}\r\nRetry-After: {asked}").wait_s == wait_s


def test_no_proxy_of_the_environment_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with Peer(silent) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert sent(Receiver()).state is State.ACCEPTED
        assert proxy.connections == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [("secret", ""), ("secret", "short"), ("secret", "whsec_?"), ("timeout_s", -1.0)],
)
def test_a_setting_that_is_wrong_is_named(field: str, value: object) -> None:
    with pytest.raises(Malformed) as error:
        Settings(**({"secret": SECRET} | {field: value}))  # type: ignore[arg-type] # wrong on purpose
    assert error.value.where == field


def test_a_key_in_the_form_of_the_standard_is_understood() -> None:
    key = b"\x00\xff" * 12
    assert Settings(secret="whsec_" + b64encode(key).decode()).key == key


def test_the_key_is_not_shown() -> None:
    assert SECRET not in repr(Settings(secret=SECRET))


def test_a_document_goes_byte_for_byte_and_signed() -> None:
    receiver, document = Receiver(), "<alert>\r\n【测试】 \t</alert>".encode()
    with Peer(receiver) as peer:
        message = a_message(
            status=Status.TEST, body=document, media_type="application/cap+xml; charset=utf-8"
        )
        address = Address("webhook", f"http://127.0.0.1:{peer.port}/")
        Webhook(Settings(secret=SECRET, allows_private=True)).send(message, address, now_ms=NOW_MS)
    _, headers, body = receiver.requests[0]
    assert (body, headers["content-type"]) == (document, "application/cap+xml; charset=utf-8")
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + document
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + b64encode(expected).decode()


@pytest.mark.parametrize(
    "wrong",
    [{"body": b"<alert/>", "media_type": "text/xml"}, {"body": "【测试】".encode()},
     {"media_type": "text/xml"}, {"body": "【测试】".encode(), "media_type": "a/b\r\nX: y"}],
)  # fmt: skip
def test_a_document_bears_its_mark_and_says_what_it_is(wrong: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        a_message(status=Status.TEST, **wrong)
