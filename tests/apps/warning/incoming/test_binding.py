"""A feed that lies about its sender changes nothing of what another feed said."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from anlan.apps.people.models import AuditLine
from anlan.apps.warning.actions.incoming import Listener
from anlan.apps.warning.models import Incoming, IncomingMessage
from anlan.cap.sign.write import sign
from anlan.connectors.feeds import Feed as Setting
from tests.apps.warning.incoming.feeding import Ear, Server, alert
from tests.pure.cap.papers import pen

Clients = Callable[[str], Client]
LIFT = {"kind": "Cancel", "refers": (1,)}


@dataclass
class Liar(Ear):
    """Another feed, which bears the weather office's name as sender."""

    def hear(self) -> Any:
        setting = Setting(key="liar", name="某转发源", address=self.server.url(), private=True)
        Listener([setting], in_threads=False).step(self.now)


@pytest.fixture
def liar(db: None) -> Any:
    with Server() as server:
        yield Liar(server)


def course(identifier: str, feed: str = "met") -> Incoming:
    message = IncomingMessage.objects.get(identifier=identifier, feed__key=feed)
    one = message.first
    while one.joined is not None:
        one = one.joined
    return one


def test_another_feed_neither_lifts_nor_changes_a_warning(
    ear: Ear, liar: Liar, client_for: Clients
) -> None:
    ear.server.offer(alert(1))
    ear.hear()
    liar.server.offer(alert(2, **LIFT), alert(3, kind="Update", severity="Minor", refers=(1,)))
    liar.hear()
    one = course("met-1")
    assert one.stands(ear.now)
    assert one.level == 3
    assert [row.why for row in one.refusals.all()] == ["feed", "feed"]
    page = client_for("county").get(f"/warnings/incoming/{one.key}").content.decode()
    assert "某转发源" in page
    assert "met-2" in page
    assert AuditLine.objects.filter(detail__refused=[one.key]).count() == 2
    other = course("met-3", "liar")
    assert (other.level, other.missing) == (1, 0)
    ear.server.offer(alert(1), alert(4, **LIFT))
    ear.after(minutes=2)
    assert not course("met-1").stands(ear.now)
    other.refresh_from_db()
    assert other.stands(ear.now)


def test_whoever_comes_first_under_a_name_does_not_keep_the_true_one_out(
    ear: Ear, liar: Liar
) -> None:
    liar.server.offer(alert(1, severity="Minor"), alert(2, **LIFT))
    liar.hear()
    ear.server.offer(alert(1))
    ear.hear()
    assert course("met-1").level == 3
    assert course("met-1").stands(ear.now)
    assert course("met-1", "liar").is_lifted


def test_the_same_message_by_two_feeds_is_kept_once(ear: Ear, liar: Liar) -> None:
    ear.server.offer(alert(1))
    ear.hear()
    liar.server.offer(alert(1).replace(b"\n<info>", b"\n\n<info>"), alert(1))
    liar.hear()
    assert IncomingMessage.objects.count() == 1


def test_the_key_of_the_first_message_is_the_key_of_its_end(ear: Ear, liar: Liar) -> None:
    theirs, other = pen("secp256r1"), pen("secp256r1", 1)
    ear.server.offer(sign(alert(1), theirs))
    ear.hear()
    assert course("met-1").signature == "valid"
    ear.server.offer(alert(2, **LIFT), sign(alert(3, **LIFT), other))
    ear.after(minutes=2)
    assert {row.why for row in course("met-1").refusals.all()} == {"key"}
    assert course("met-1").stands(ear.now)
    liar.server.offer(sign(alert(4, **LIFT), theirs))
    liar.hear()
    assert not course("met-1").stands(ear.now)
