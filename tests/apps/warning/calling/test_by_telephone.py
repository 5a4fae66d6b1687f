"""A call-down by telephone: over real sockets, to telephones that are picked up or not."""

import io
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from anlan.apps.people.actions.notices.hands import Hands
from anlan.apps.people.actions.notices.hearing import hear
from anlan.apps.people.actions.notices.outbox import send_due
from anlan.apps.people.models import Notice, Responsibility
from anlan.apps.warning.actions.calling import close_by_hand, keep_calling
from anlan.apps.warning.actions.handing import hand_over
from anlan.apps.warning.models import Call, Warning
from anlan.channels.voice import Settings, Voice
from anlan.channels.voice.sip.wire import Timers
from anlan.sandtable.sinks.voice import Faults, Switch
from tests.apps.warning.conftest import WRITER, Office
from tests.apps.warning.reaching import plant_tree, set_options

pytestmark = pytest.mark.django_db
HEAD, CHIEF, DRILL = "13900000001", "13900000003", "19900009999"
STATES = Call.State


@pytest.fixture
def switch() -> Iterator[Switch]:
    with Switch() as switch:
        yield switch


@pytest.fixture
def voice(switch: Switch, tmp_path: Path) -> Iterator[Voice]:
    for name in ("actual", "exercise"):
        kept = io.BytesIO()
        with wave.open(kept, "wb") as file:
            file.setparams((1, 2, 8_000, 0, "NONE", ""))
            file.writeframes(b"\0\0" * 800)
        (tmp_path / f"{name}.wav").write_bytes(kept.getvalue())
    settings = Settings(
        exchange=switch.uri, user="anlan", recordings=tmp_path, speech="/nowhere/speech", times=1,
        pause_s=20.0, ring_s=30.0, timeout_s=60.0, timers=Timers(t1=0.2, t2=0.8), lines=8,
    )  # fmt: skip
    voice = Voice(settings, clock=lambda: time.time_ns() // 1_000_000)
    yield voice
    voice.close()


@pytest.fixture(autouse=True)
def tree(office: Office, settings: Any, switch: Switch) -> None:
    """Two of those asked have a telephone."""
    plant_tree(office)
    for person, phone in (("村主任", HEAD), ("镇长", CHIEF)):
        Responsibility.objects.filter(person=person).update(phone=phone)
    set_options(settings, voice_exchange=switch.uri, sandbox_voice=(DRILL,))


def rung(office: Office, voice: Voice, *, status: str = "") -> Warning:
    """An orange warning whose call-down has called everybody once, and heard what they pressed."""
    office.alarm.level = office.alarm.peak = 3
    office.alarm.save()
    one = office.issued(status=status)
    hand_over(office.now)
    keep_calling(office.now)
    hands, until = Hands(8), time.monotonic() + 60
    while time.monotonic() < until:
        time.sleep(0.02)
        send_due([voice], office.now, hands)
        hear([voice], office.now)
        keep_calling(office.now)
        if not hands.addresses() and not Notice.objects.filter(kind="voice", tries=0).exists():
            return one
    raise AssertionError("the calls did not end in time")


def call(person: str) -> Call:
    found = Call.objects.filter(person=person).order_by("-pk").first()
    assert found is not None
    return found


def notice(person: str) -> Notice:
    return Notice.objects.get(kind="voice", person=person)


def test_the_digit_confirms_and_busy_is_called_again(
    office: Office, switch: Switch, voice: Voice
) -> None:
    switch.faults = Faults(press="1", press_after_s=0.1, busy=(CHIEF,))
    rung(office, voice)
    assert (call("村主任").state, call("村主任").way) == (STATES.ANSWERED, "voice")
    assert (notice("村主任").state, notice("村主任").reason) == ("delivered", "")
    assert (call("镇长").state, notice("镇长").state) == (STATES.ASKED, "waiting")
    assert notice("镇长").reason == "the line is busy"
    close_by_hand(office.asker(WRITER), call("镇长").key, note="本人接听")
    assert (notice("镇长").state, notice("镇长").reason) == ("given_up", "not needed any more")


def test_to_pick_up_confirms_nothing_and_the_next_is_asked(
    office: Office, switch: Switch, voice: Voice, client_for: Callable[[str], Client]
) -> None:
    switch.faults = Faults(press="2", press_after_s=0.1, stays_s=0.5)
    one = rung(office, voice)
    assert (call("村主任").state, notice("村主任").state) == (STATES.ASKED, "sent")
    assert notice("村主任").reason == "picked up, not confirmed"
    page = client_for(WRITER).get(f"/warnings/{one.key}/calls").content.decode()
    assert "已接听，未确认" in page
    office.later(minutes=6)
    keep_calling(office.now)
    assert call("村主任").state == STATES.ESCALATED


def test_a_drill_rings_the_sandbox_alone_and_each_key_answers_its_own_call(
    office: Office, switch: Switch, voice: Voice
) -> None:
    switch.faults = Faults(press="1", press_after_s=0.1)
    rung(office, voice, status="Exercise")
    assert {one.to for one in switch.rung()} == {DRILL}
    assert {call(person).state for person in ("村主任", "镇长")} == {STATES.ANSWERED}


def test_an_emergency_number_is_no_way_to_anybody(
    office: Office, switch: Switch, voice: Voice
) -> None:
    switch.faults = Faults(stays_s=0.5)
    Responsibility.objects.filter(person="村主任").update(phone="119")
    rung(office, voice)
    assert not Notice.objects.filter(kind="voice", person="村主任").exists()
