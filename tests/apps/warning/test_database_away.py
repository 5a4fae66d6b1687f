"""The database starts anew in the middle of a publication: nothing is lost, nothing comes twice."""

from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
from django.db import DatabaseError, connection

from anlan.apps.people.actions import send_due
from anlan.apps.people.actions.notices.hands import Hands
from anlan.apps.warning.actions import handing
from anlan.apps.warning.actions.calling import keep_calling
from anlan.apps.warning.actions.handing import hand_over
from anlan.apps.warning.models import CallDown, HandOver
from anlan.channels import Address, Message, Receipt
from anlan.site.crew.task import Task
from anlan.site.crew.work import step
from tests.apps.warning.conftest import Office
from tests.apps.warning.reaching import WRITTEN, forget_letters, plant_tree, told

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="a file does not start anew"),
    pytest.mark.django_db(transaction=True),
]


def cut() -> None:
    """Ends the connection from the database's side, as its restart does."""
    with suppress(DatabaseError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


class Mail:
    """Takes every mail; the database goes away after some of them."""

    name = "email"

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()

    def check(self, _address: Address) -> None:
        return None

    def send(self, message: Message, _address: Address, *, now_ms: int) -> Receipt:
        self.taken[message.key] += 1
        if len(self.taken) % 3 == 2:
            cut()
        return Receipt.accepted(now_ms)


def test_a_publication_goes_on_where_it_was(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant_tree(office)
    office.issued()
    forget_letters()
    mail, hands, real, cuts = Mail(), Hands(), handing._list, 0

    def listed(*words: Any) -> None:
        nonlocal cuts
        cuts += 1
        if cuts == 1:
            cut()
        real(*words)

    monkeypatch.setattr(handing, "_list", listed)
    tasks = [
        Task("messages", lambda now: hand_over(now) > 0, every_s=0.0),
        Task("call-downs", lambda now: keep_calling(now) > 0, every_s=0.0),
        Task("notices", lambda now: send_due([mail], now, hands) > 0, every_s=0.0),
    ]
    for _time in range(40):
        for task in tasks:
            task.due = 0.0
        step(tasks, lambda: office.now)
    assert (HandOver.objects.count(), CallDown.objects.count(), cuts) == (1, 1, 2)
    assert {(n.address, n.state) for n in told()} == {(address, "sent") for address in WRITTEN}
    assert set(mail.taken.values()) == {1}
    assert len(mail.taken) > len(WRITTEN)  # those who are called down too
