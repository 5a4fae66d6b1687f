"""Webhooks, the SMS gateway and MQTT to many: whatever far ends do, each recipient is told of."""

import json
import time

import pytest

from anlan.channels import Fault, State, Status
from anlan.channels.batch import Gateway
from anlan.channels.batch import Settings as BatchSettings
from anlan.channels.bulk import Bulk, Singly
from anlan.channels.mqtt import Mqtt
from anlan.channels.mqtt import Settings as MqttSettings
from anlan.channels.webhook import Settings as HookSettings
from anlan.channels.webhook import Webhook
from anlan.channels.webhook.many import Webhooks
from anlan.channels.webhook.request import signature
from anlan.terms.errors import Malformed
from tests.wire.channels.conftest import SECRET, a_message
from tests.wire.channels.many.far import Receiver, sent, to_all
from tests.wire.channels.peers import Peer, Script, babbling, cut, dripping, silent

NUMBERS = [f"1380000{n:04}" for n in range(7)]


def hooks(**fields: object) -> Webhooks:
    usual: dict[str, object] = {"secret": SECRET, "allows_private": True, "timeout_s": 60.0}
    return Webhooks(HookSettings(**(usual | fields)))  # type: ignore[arg-type] # the test's fields


def gateway(port: int, **fields: object) -> Gateway:
    usual: dict[str, object] = {"gateway": f"http://127.0.0.1:{port}/send", "timeout_s": 60.0}
    return Gateway(BatchSettings(**(usual | fields)))  # type: ignore[arg-type] # the test's fields


def way_to(kind: str, port: int) -> tuple[Bulk, list[str]]:
    """A way that soon gives up, and four addresses at a far end."""
    if kind == "webhook":
        return hooks(timeout_s=1.0), [f"http://127.0.0.1:{port}/{n}" for n in range(4)]
    if kind == "sms":
        return gateway(port, timeout_s=1.0), NUMBERS[:4]
    settings = MqttSettings(broker=f"mqtt://127.0.0.1:{port}", timeout_s=1.0)
    return Mqtt(settings), ["990101", "990101", "990102", "990103"]


def test_each_web_address_gets_one_signed_post_over_kept_connections() -> None:
    receiver = Receiver()
    with Peer(receiver) as peer:
        to = to_all(f"http://127.0.0.1:{peer.port}/{n}" for n in range(100))
        found = sent(hooks(), to)
    assert {one.state for one in found} == {State.ACCEPTED}
    assert sorted(first for first, _, _ in receiver.requests) == sorted(
        f"POST /{n} HTTP/1.1" for n in range(100)
    )
    assert peer.connections <= 16
    for first, headers, body in receiver.requests:
        name = headers["webhook-id"]
        assert name == headers["idempotency-key"] == f"m1.{first.split()[1][1:]}"
        at_s = int(headers["webhook-timestamp"])
        told = signature(SECRET.encode(), name=name, sent_at_s=at_s, body=body)
        assert headers["webhook-signature"] == told


def test_numbers_leave_in_batches_that_are_named_the_same_at_every_try() -> None:
    receiver = Receiver()
    with Peer(receiver) as peer:
        for _ in range(2):
            found = sent(gateway(peer.port, most=3, key="k"), to_all(NUMBERS))
            assert {one.state for one in found} == {State.ACCEPTED}
    bodies = [json.loads(body) for _, _, body in receiver.requests]
    assert sorted(len(one["to"]) for one in bodies) == [1, 1, 3, 3, 3, 3]
    assert len({one["id"] for one in bodies}) == 3
    assert {one["number"] for body in bodies for one in body["to"]} == set(NUMBERS)
    assert all(one["text"] == a_message().text for one in bodies)
    assert {headers["authorization"] for _, headers, _ in receiver.requests} == {"Bearer k"}


def test_numbers_that_the_gateway_refuses_are_refused_alone() -> None:
    body = json.dumps({"refused": {NUMBERS[1]: "on the black list"}})
    reply = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    with Peer(Receiver(reply)) as peer:
        found = sent(gateway(peer.port), to_all(NUMBERS[:3]))
    assert [one.state for one in found] == [State.ACCEPTED, State.REFUSED, State.ACCEPTED]
    assert "black list" in found[1].reason


def test_a_gateway_that_does_not_know_us_refuses_no_number_for_good() -> None:
    with Peer(Receiver("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n")) as peer:
        found = sent(gateway(peer.port), to_all(NUMBERS))
    assert {(one.state, one.fault) for one in found} == {(State.FAILED, Fault.SETTINGS)}


def test_the_rate_of_the_gateway_is_kept() -> None:
    with Peer(Receiver()) as peer:
        began = time.monotonic()
        sent(gateway(peer.port, most=1, rate=10), to_all(NUMBERS))
    assert time.monotonic() - began >= 0.55


@pytest.mark.parametrize("kind", ["webhook", "sms", "mqtt"])
@pytest.mark.parametrize(
    "script",
    [silent, cut, babbling(b"\x00nonsense\r\n"), dripping(b"HTTP/1.1 100 Continue\r\n\r\n"),
     Receiver("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"),
     Receiver("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")],
    ids=["silent", "cut", "babbling", "dripping", "busy", "endless"],
)  # fmt: skip
def test_a_far_end_that_fails_is_told_of_in_time_for_each(kind: str, script: Script) -> None:
    with Peer(script) as peer:
        way, addresses = way_to(kind, peer.port)
        began = time.monotonic()
        found = sent(way, to_all(addresses))
        assert time.monotonic() - began < 50  # for ever, if nothing ended it
    assert {one.state for one in found} == {State.FAILED}
    assert all(one.may_retry and one.reason for one in found)


def test_hosts_that_hang_delay_no_other() -> None:
    """One address in two is at a host that never answers; the others are told at once."""
    good = Receiver()
    with Peer(good) as peer, Peer(silent) as deaf:
        ports = [deaf.port, peer.port] * 100
        to = to_all(f"http://127.0.0.1:{port}/{n}" for n, port in enumerate(ports))
        began = time.monotonic()
        found = sent(hooks(timeout_s=3.0), to)
        assert time.monotonic() - began < 15, "a host that failed three times is left alone"
    assert [one.state for one in found] == [State.FAILED, State.ACCEPTED] * 100


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1/", "http://localhost:1/", "http://[::1]:1/", "ftp://a.example/"]
)
def test_the_own_network_is_not_written_to(address: str) -> None:
    (found,) = sent(hooks(allows_private=False), to_all([address]))
    assert (found.state, found.fault) == (State.REFUSED, Fault.ADDRESS)


def test_a_redirect_is_not_followed() -> None:
    other = Receiver()
    with Peer(other) as inner:
        where = f"http://127.0.0.1:{inner.port}/"
        reply = f"HTTP/1.1 307 There\r\nLocation: {where}\r\nContent-Length: 0\r\n\r\n"
        with Peer(Receiver(reply)) as peer:
            (found,) = sent(hooks(), to_all([f"http://127.0.0.1:{peer.port}/"]))
    assert (found.state, other.requests) == (State.REFUSED, [])


@pytest.mark.parametrize("topic", ["#", "+/a", "a b", "", "\x00"])
def test_what_is_no_topic_is_refused(topic: str) -> None:
    (found,) = sent(Mqtt(MqttSettings(broker="mqtt://127.0.0.1:1")), to_all([topic]))
    assert (found.state, found.fault) == (State.REFUSED, Fault.ADDRESS)


def test_who_follows_all_that_is_meant_is_told_of_no_drill() -> None:
    settings = MqttSettings(broker="mqtt://127.0.0.1:1")
    topics = [settings.topic("990101", status) for status in Status]
    assert topics == [f"anlan/warnings{drill}/990101" for drill in ("", "-exercise", "-test")]


def test_any_channel_can_send_to_many_one_by_one() -> None:
    channel = Webhook(HookSettings(secret=SECRET, allows_private=True))
    receiver = Receiver("HTTP/1.1 204 No\r\n\r\n")
    with Peer(receiver) as peer:
        found = sent(Singly(channel, 2), to_all(f"http://127.0.0.1:{peer.port}/{n}"
                                                for n in range(5)))  # fmt: skip
    assert {one.state for one in found} == {State.ACCEPTED}
    assert {headers["webhook-id"] for _, headers, _ in receiver.requests} == {
        f"m1.{n}" for n in range(5)
    }


@pytest.mark.parametrize(
    "make",
    [lambda: BatchSettings(gateway="ftp://a.example"), lambda: MqttSettings(broker="a.example"),
     lambda: MqttSettings(broker="mqtt://a.example", prefix="#"),
     lambda: BatchSettings(gateway="https://a.example", most=0)],
)  # fmt: skip
def test_wrong_settings_are_named(make: object) -> None:
    with pytest.raises(Malformed):
        make()  # type: ignore[operator] # a maker of settings
