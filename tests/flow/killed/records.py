"""The records of a publication that is interrupted: made, issued, lifted, and looked at."""

from typing import Any

EACH = 30
"""Subscribers by each way."""


def make(ports: dict[str, int]) -> None:
    """A county with a tree, subscribers by three ways, and a draft that waits for its signature."""
    from anlan.apps.warning.models import Signature
    from anlan.site.crew.prepare import prepare
    from tests.apps.conftest import make_world
    from tests.apps.warning.conftest import found
    from tests.apps.warning.mass.subscribed import subscribe
    from tests.apps.warning.reaching import forget_letters, plant_tree

    prepare()
    office = found(make_world())
    plant_tree(office)
    office.reviewed()
    Signature.objects.update(due_at=None)  # all rounds last longer than its signer may take
    forget_letters()
    subscribe("sms", *(f"138{n:08}" for n in range(EACH)))
    subscribe("webhook", *(f"http://127.0.0.1:{ports['web']}/own/{n}" for n in range(EACH)))
    subscribe("email", *(f"s{n}@demo.invalid" for n in range(EACH)))


def _office() -> Any:
    from django.utils import timezone

    from anlan.apps.watch.models import Alarm
    from tests.apps.warning.conftest import Office

    return Office(timezone.now(), Alarm.objects.get())


def issue() -> None:
    """Signs it."""
    from anlan.apps.warning.models import Warning

    _office().signed(Warning.objects.get())


def lift() -> None:
    """Lifts it, reviewed and signed."""
    from anlan.apps.warning.actions import cancel, review
    from anlan.apps.warning.models import Warning
    from tests.apps.warning.conftest import WRITER

    office, one = _office(), Warning.objects.get()
    two = cancel(office.asker(WRITER), one.key, version=one.version, reason="雨停")
    two = review(office.asker("county-admin"), two.key, version=two.version)
    office.signed(two)


def is_over(step: int) -> bool:
    """Whether so many messages have been handed over, packed, sent and called down."""
    from anlan.apps.people.models import Notice
    from anlan.apps.warning.models import CallDown, HandOver, Parcel
    from anlan.apps.warning.models.mass import Mass

    whole = (HandOver.objects.count(), CallDown.objects.count(),
             Mass.objects.exclude(packed_at=None).count())  # fmt: skip
    still = Notice.objects.filter(state="waiting").exists() or Parcel.objects.filter(is_open=True)
    return whole == (step, step, step) and not still


def found() -> dict[str, Any]:
    """What the records say of whom was told what."""
    from anlan.apps.people.models import Notice
    from anlan.apps.people.queries.verify import verify
    from anlan.apps.warning.models import Message, Parcel

    order = {f"message:{one.identifier}": one.order for one in Message.objects.all()}
    notices = Notice.objects.order_by("pk")
    return {
        "notices": [
            {"key": one.key, "end": [one.kind, one.address], "state": one.state,
             "step": order.get(one.cause, 0), "subject": one.subject}
            for one in notices
        ],
        "parcels": [
            {"id": one.pk, "way": one.way, "step": one.step, "counts": one.counts,
             "size": one.size} for one in Parcel.objects.order_by("pk")
        ],
        "is_whole": not verify(),
    }  # fmt: skip
