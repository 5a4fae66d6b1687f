"""A call-down of 5,000 contacts of whom 30 % stay silent, while two of three ways out always fail.

Through the real records, outbox and steps of the worker on SQLite, by a clock that goes on in
half minutes: the seconds are of the machine, not of the people. Who answers does so on the page,
at a moment drawn with a seed; who is silent stays so as deputy or superior too. Every call must
end in a named state: what falls to the desk is closed by hand. The curve of what had ended is
drawn into build/calldown.svg; the outbox, which tries e-mail and SMS in vain and gets through by
telephone, gets two seconds in each step, counted apart.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from anlan.channels import Address, Message, Receipt, State

CONTACTS = int(os.environ.get("ANLAN_BENCH_CONTACTS", "5_000"))
_SILENT, _SEED, _STEP = 0.3, 7, timedelta(seconds=30)
_TOWN, _VILLAGES = "990101001", 250
_SITE = (
    'address = "https://bench.invalid"\nsms_gateway = "cmpp://127.0.0.1:7890"\n'
    'voice_exchange = "sip:127.0.0.1:5060"\n'
)
_PLOT = Path("build/calldown.svg")


def run() -> Iterator[dict[str, Any]]:
    """The figures, from a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        place.joinpath("desk").mkdir()
        place.joinpath("anlan.toml").write_text(_SITE)
        command = [sys.executable, "-c", "import bench.calldown as b; b.measure()"]
        env = {**os.environ, "ANLAN_DATA": folder, "DJANGO_SETTINGS_MODULE": "anlan.site.settings"}
        told = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True)
    for line in told.stdout.splitlines():
        name, value, unit = line.split("\t")
        yield {
            "name": f"calldown_{name}", "value": float(value), "unit": unit, "peer": None,
            "peer_value": None, "ratio": None, "cores": os.cpu_count(),
            "date": datetime.now(UTC).date().isoformat(),
        }  # fmt: skip


def measure() -> None:
    """Fills the records, lets the course run to its end, and prints a figure a line."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    now = datetime(2026, 7, 21, 2, tzinfo=UTC)
    _people(now)
    _message(now)
    _told(_course(now))


def _people(now: datetime) -> None:
    """A county, a town and its villages; each village has many first lines, and a deputy."""
    from anlan.apps.people.models import Organisation, Responsibility

    office = Organisation.objects.create(key="office", name="安澜县", kind="government",
                                         region="990101")  # fmt: skip
    places = [_TOWN + f"{n:03}" for n in range(_VILLAGES)]
    lines = [(places[n % _VILLAGES], 1, f"r{n}") for n in range(CONTACTS - 4)]
    lines += [(place, 2, f"d{place}") for place in places]
    lines += [(_TOWN, 1, "t1"), (_TOWN, 2, "t2"), ("990101", 1, "c1"), ("990101", 2, "c2")]
    Responsibility.objects.bulk_create(
        [
            Responsibility(
                region=region, rank=rank, person=name, organisation=office,
                email=f"{name}@bench.invalid", phone=f"1390{n:07}",
            )
            for n, (region, rank, name) in enumerate(lines)
        ],
        batch_size=500,
    )  # fmt: skip


def _message(now: datetime) -> None:
    """An orange warning of the town that has been handed over."""
    from anlan.apps.warning.models import HandOver, Warning
    from anlan.apps.warning.models import Message as Sent
    from anlan.apps.warning.queries.writing.content import content_of
    from anlan.apps.warning.queries.writing.wording import Envelope, Office, cap_of
    from anlan.cap.write import write

    ends = now + timedelta(hours=24)
    one = Warning.objects.create(
        region=_TOWN, owner="office", pack="flood", event="11B03", event_zh="暴雨", level=3,
        status="Actual", category="Met", headline_zh="安澜县发布暴雨橙色预警",
        description_zh="暴雨将至。",
        regions=[_TOWN], expires=ends, area_zh="城关镇", created_at=now, changed_at=now,
        kind="Alert", state="issued", standing="issued", due_at=ends, writer="x", writer_name="x",
    )  # fmt: skip
    envelope = Envelope("bench-1", "bench.invalid", "2026-07-21T10:00:00+08:00", "")
    body = write(cap_of(one, envelope, [Office("安澜县", "Anlan")]))
    message = Sent(
        warning=one, order=1, kind="Alert", status="Actual", identifier="bench-1", sender="b",
        sent=envelope.sent, body=body, digest="0" * 64, content=content_of(one), issued_at=now,
    )  # fmt: skip
    message.save()
    HandOver(message=message, at=now).save()


def _course(now: datetime) -> Iterator[tuple[float, int, float]]:
    """After each half minute: minutes since the beginning, calls that are open, seconds spent."""
    from anlan.apps.people.actions import send_due
    from anlan.apps.people.asker import Machine
    from anlan.apps.warning.actions.calling import close_by_hand, keep_calling
    from anlan.apps.warning.actions.calling.ending import calling
    from anlan.apps.warning.actions.calling.replies import confirm_letter
    from anlan.apps.warning.acts import CONFIRM
    from anlan.apps.warning.models import Call, CallLetter

    chance, spent, began = random.Random(_SEED), 0.0, now
    silent = {"t1": True}  # so that some calls fall to the desk
    answers: dict[int, datetime] = {}
    while True:
        start = time.perf_counter()
        while keep_calling(now):
            pass
        for letter in CallLetter.objects.exclude(pk__in=answers):
            is_silent = silent.setdefault(letter.person, chance.random() < _SILENT)
            wait = timedelta(days=9) if is_silent else timedelta(seconds=chance.expovariate(1 / 80))
            answers[letter.pk] = now + wait
        due = [pk for pk, at in answers.items() if at <= now]
        for letter in CallLetter.objects.filter(pk__in=due, calls__state="asked").distinct():
            with calling(Machine("bench", now), CONFIRM, letter.call_down_id):
                confirm_letter(letter, "app", now)
        for one in Call.objects.filter(state="desk"):
            close_by_hand(Machine("desk", now), one.key, note="电话联系")
        spent += time.perf_counter() - start
        waiting = Call.objects.filter(state__in=Call.OPEN).count()
        yield (now - began).total_seconds() / 60, waiting, spent
        if not waiting:
            return
        send_due([_Fails("email"), _Fails("sms"), _Takes("voice")], now)
        now += _STEP


class _Fails:
    """A way whose far end takes nothing."""

    def __init__(self, name: str) -> None:
        self.name = name

    def check(self, _address: Address) -> str | None:
        return None

    def send(self, _message: Message, _address: Address, *, now_ms: int) -> Receipt:
        return Receipt(state=State.FAILED, at=now_ms, reason="down", may_retry=True)


class _Takes(_Fails):
    """A way whose far end takes everything."""

    def send(self, _message: Message, _address: Address, *, now_ms: int) -> Receipt:
        return Receipt.accepted(now_ms)


def _told(course: Iterator[tuple[float, int, float]]) -> None:
    from django.db.models import Sum

    from anlan.apps.people.models import Notice
    from anlan.apps.warning.models import Call, CallDown

    minutes = spent = 0.0
    curve = list[tuple[float, float]]()
    for minutes, waiting, seconds in course:
        spent = seconds
        curve.append((minutes, 1 - waiting / Call.objects.count()))
    _draw(curve)
    print(f"machine_time\t{spent:.1f}\ts")
    print(f"course\t{minutes:.1f}\tmin")
    for state in Call.State:
        print(f"{state}\t{Call.objects.filter(state=state).count()}\tcalls")
    print(f"tries_in_vain\t{Notice.objects.aggregate(n=Sum('tries'))['n']}\ttries")
    named = Call.objects.exclude(state__in=Call.OPEN).count() / Call.objects.count()
    assert CallDown.objects.get().ended_at is not None
    print(f"named_end\t{100 * named:.1f}\t%")


def _draw(curve: list[tuple[float, float]]) -> None:
    """The share of calls that had ended, over the minutes of the course."""
    last = curve[-1][0] or 1.0
    points = " ".join(f"{60 + 700 * at / last:.1f},{340 - 300 * share:.1f}" for at, share in curve)
    marks = [
        f'<text x="10" y="{344 - 3 * share}">{share} %</text>'
        f'<path d="M60 {340 - 3 * share}H760" stroke="#ddd"/>'
        for share in (0, 25, 50, 75, 100)
    ]
    marks += [f'<text x="{52 + 175 * n}" y="362">{last * n / 4:.0f} min</text>' for n in range(5)]
    _PLOT.parent.mkdir(exist_ok=True)
    _PLOT.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 400" font-family="sans-serif"'
        ' font-size="13"><rect width="800" height="400" fill="#fff"/>'
        f'<text x="60" y="24">Calls that had ended, of {CONTACTS} contacts, 30 % silent</text>'
        f'{"".join(marks)}<polyline points="{points}" fill="none" stroke="#06c"'
        ' stroke-width="2"/></svg>'
    )
