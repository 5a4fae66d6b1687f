"""What became of the mass of subscribers that a warning's messages went to: counts, by way."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anlan.apps.warning.acts import SEE
from anlan.apps.warning.models import Mass, Message, Parcel, Subscription, Warning
from anlan.apps.warning.models.mass import Outcome, name_of
from anlan.desk.asker import Asker

_DECIDED = (Outcome.STOPPED, Outcome.REPLACED, Outcome.OVER)


@dataclass(frozen=True, slots=True)
class MassTally:
    """By one way: how many there are, and of those how many are in each state; ended: none of the
    three that were told or tried (stopped, replaced, over)."""

    label: str
    size: int
    waiting: int
    handed: int
    delivered: int
    refused: int
    given_up: int
    ended: int


@dataclass(frozen=True, slots=True)
class MassTold:
    """Of one message. decided: of whom it is known what became of them · until: when the last
    parcel ended, None while some are open · is_packed: whether all are counted."""

    message: Message
    tallies: list[MassTally]
    size: int
    decided: int
    until: datetime | None
    is_packed: bool

    @property
    def is_on_its_way(self) -> bool:
        """Whether something may still change."""
        return not self.is_packed or self.decided < self.size


def masses(asker: Asker, warning: Warning) -> list[MassTold]:
    """Of each message that went to anybody, the newest first; nothing outside the asker's reach."""
    if not asker.may(SEE, warning.region, warning.owner):
        return []
    rows = Mass.objects.filter(message__warning=warning).select_related("message")
    found = [_of(mass) for mass in rows.order_by("-message__order")]
    return [one for one in found if one.size or not one.is_packed]


def _of(mass: Mass) -> MassTold:
    counts: dict[str, Counter[Outcome]] = {}
    until, is_open = None, False
    parcels = Parcel.objects.filter(message=mass.message_id)
    for way, told, still, ended in parcels.values_list("way", "counts", "is_open", "ended_at"):
        of = counts.setdefault(way, Counter())
        for code, count in told.items():
            of[name_of(int(code))[0]] += count
        is_open = is_open or still
        until = max(filter(None, (until, ended)), default=None)
    tallies = [_tally(way, of) for way, of in sorted(counts.items())]
    size = sum(one.size for one in tallies)
    waiting = sum(one.waiting for one in tallies)
    return MassTold(
        message=mass.message, tallies=tallies, size=size, decided=size - waiting,
        until=None if is_open else until, is_packed=mass.packed_at is not None,
    )  # fmt: skip


def _tally(way: str, of: Counter[Any]) -> MassTally:
    return MassTally(
        label=str(Subscription.Way(way).label), size=of.total(), waiting=of[Outcome.WAITING],
        handed=of[Outcome.HANDED], delivered=of[Outcome.DELIVERED], refused=of[Outcome.REFUSED],
        given_up=of[Outcome.GIVEN_UP], ended=sum(of[one] for one in _DECIDED),
    )  # fmt: skip
