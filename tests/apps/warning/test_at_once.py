"""Several people at the same moment, and a process that is killed: on a database of their own.

Threads run in a process of its own on SQLite, whose test database is one connection; on PostgreSQL
they run here.
"""

import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from anlan.apps.people.models import Notice
from anlan.apps.warning import actions
from anlan.apps.warning.actions.calling import keep_calling
from anlan.apps.warning.actions.handing import hand_over
from anlan.apps.warning.models import Call, CallDown, Message, Signature, Warning
from anlan.cap.national.identifier import digits_of
from anlan.site.options import Options, Place
from anlan.terms.errors import Refused
from tests.apps.conftest import PASSWORD
from tests.apps.warning.conftest import CHIEF, OWN, WATER, Office
from tests.apps.warning.reaching import plant_tree

_POSTGRESQL = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="its test database is one connection"
)
_SQLITE = pytest.mark.skipif(connection.vendor != "sqlite", reason="a file of SQLite's own")


def together(*works: Callable[[], object]) -> list[BaseException]:
    """Does things in threads at once; what went wrong."""
    ready, wrong = threading.Barrier(len(works)), []

    def run(work: Callable[[], object]) -> None:
        try:
            ready.wait(20)
            work()
        except BaseException as error:  # noqa: BLE001 - told by the test's own thread
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return wrong


def last_two_at_once(office: Office) -> None:
    """Both departments sign at the same moment; whoever came second looks again, and signs."""
    one = office.reviewed(OWN, WATER)

    def signing(who: str) -> Callable[[], object]:
        asker = office.asker(who)

        def work() -> None:
            while True:
                version = Warning.objects.get(pk=one.pk).version
                try:
                    actions.sign(asker, one.key, version=version, password=PASSWORD)
                    return
                except Refused as error:
                    if "请重新查看" not in str(error) and "again" not in str(error):
                        raise

        return work

    assert together(signing(CHIEF), signing("water")) == []
    assert Message.objects.filter(warning=one).count() == 1
    assert Signature.objects.filter(warning=one).exclude(signed_at=None).count() == 2
    assert Warning.objects.get(pk=one.pk).state == "issued"


def one_button_twice_at_once(office: Office) -> None:
    """The same person on two devices: one message, and the other is told."""
    one = office.reviewed()
    asker = office.asker(CHIEF)

    def work() -> None:
        actions.sign(asker, one.key, version=one.version, password=PASSWORD)

    wrong = together(work, work, work)
    assert [type(error) for error in wrong] == [Refused, Refused]
    assert Message.objects.filter(warning=one).count() == 1


def two_workers_at_once(office: Office) -> None:
    """What is due is passed on once, and ends once."""
    one = office.reviewed()
    office.later(minutes=5)
    assert together(*[lambda: actions.keep_time(office.now)] * 3) == []
    assert Signature.objects.get(warning=one).passed == 1
    assert one.steps.filter(kind="pass_on").count() == 1


def messages_of_one_second(office: Office) -> None:
    """Under a sender code each message has the 31 characters of its own, whoever signs when."""
    before, settings.PLACE = settings.PLACE, Place(Path(), Options(sender_code=UNIT))
    try:
        several = [office.reviewed() for _ in range(3)]
        chiefs = (office.asker(CHIEF) for _ in several)
        signing = [partial(actions.sign, chief, one.key, version=one.version, password=PASSWORD)
                   for chief, one in zip(chiefs, several, strict=True)]  # fmt: skip
        assert together(*signing) == []
    finally:
        settings.PLACE = before
    rows = Message.objects.filter(identifier__startswith=UNIT)
    names = list(rows.order_by("identifier").values_list("identifier", flat=True))
    second = digits_of(office.now)
    assert names == [f"{UNIT}_{second}_{n}" for n in range(3)]
    assert {len(name) for name in names} == {31}


def two_workers_call_down(office: Office) -> None:
    """Who is to be asked is asked once at each step, by each way once."""
    plant_tree(office)
    office.issued()
    hand_over(office.now)
    for _step in range(3):
        assert together(*[lambda: keep_calling(office.now)] * 3) == []
        office.later(minutes=6)
    assert CallDown.objects.count() == 1
    calls = list(Call.objects.values_list("region", "thing", "tier", "who"))
    assert len(calls) == len(set(calls)) > 4
    letters = Notice.objects.filter(cause__startswith="call:").values_list("cause", "kind")
    assert len(letters) == len(set(letters)) > 4


ALL = (
    two_workers_call_down, last_two_at_once, one_button_twice_at_once, two_workers_at_once,
    messages_of_one_second,
)  # fmt: skip
UNIT = "99010141600000"


@_POSTGRESQL
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ALL)
def test_at_once(office: Office, what: Callable[[Office], None]) -> None:
    what(office)


_STAGE = """
import sys, django
django.setup()
from tests.apps.conftest import World, make_world
from tests.apps.warning import conftest, test_at_once
office = conftest.found(make_world())
"""
_RUN = (
    _STAGE
    + """
for what in test_at_once.ALL:
    what(office)
print("all")
"""
)
_KILL = (
    _STAGE
    + """
import os
from anlan.apps.warning.actions.course import signing
one = office.reviewed()
signing.write = lambda told: os._exit(9)
office.signed(one)
"""
)
_LOOK = """
import django
django.setup()
from anlan.apps.people.models import AuditLine
from anlan.apps.warning.models import Message, Signature, Warning
print(Warning.objects.get().state, Message.objects.count(),
      Signature.objects.exclude(signed_at=None).count(),
      AuditLine.objects.filter(act="warning.sign").count())
"""


def _python(script: str, around: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-c", script], env=around, capture_output=True,
                          text=True, check=False, timeout=120)  # fmt: skip


@_SQLITE
def test_at_once_in_a_file(own_site: dict[str, str]) -> None:
    ran = _python(_RUN, own_site)
    assert ran.stdout.split() == ["all"], ran.stderr


@_SQLITE
def test_killed_between_signature_and_message(own_site: dict[str, str]) -> None:
    assert _python(_KILL, own_site).returncode == 9
    looked = _python(_LOOK, own_site)
    assert looked.stdout.split() == ["reviewed", "0", "0", "0"], looked.stderr
