"""By what channel a message went, to how many, and when the first and the last were handed over."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from anlan.apps.people.models import Notice
from anlan.apps.people.queries import within
from anlan.apps.warning.acts import SEE
from anlan.apps.warning.models import Addressee, Message, Parcel, Subscription
from anlan.desk.asker import Asker

HANDED = Q(notice__state__in=(Notice.State.SENT, Notice.State.DELIVERED))
"""The next hop took it over."""
FAILED = Q(notice__state__in=(Notice.State.REFUSED, Notice.State.GIVEN_UP))


@dataclass(frozen=True, slots=True)
class Passage:
    """One message by one channel. mass: to subscribers · many: of how many · first_at, last_at: of
    those that were handed over, None where none was; of subscribers by whole parcels."""

    message: int
    order: int
    channel: str
    mass: bool
    many: int
    handed: int
    first_at: datetime | None
    last_at: datetime | None


def passages(asker: Asker, sent: QuerySet[Message]) -> list[Passage]:
    """Of some messages, as far as the asker's jurisdiction; two queries."""
    return [*_addressed(asker, sent), *_subscribed(asker, sent)]


def addressees(asker: Asker, sent: QuerySet[Message]) -> QuerySet[Addressee]:
    """Whom messages were written to, of the asker's jurisdiction."""
    own = Addressee.objects.filter(within(asker.scope_for(SEE)), message__in=sent)
    found: QuerySet[Addressee] = own.exclude(kind=Addressee.By.PHONE).order_by()
    return found


def parcels(asker: Asker, sent: QuerySet[Message]) -> QuerySet[Parcel]:
    """What went to subscribers, of the warnings that the asker is in charge of."""
    seen = within(asker.scope_for(SEE), "message__warning__region", "message__warning__owner")
    return Parcel.objects.filter(seen, message__in=sent).order_by()


def _addressed(asker: Asker, sent: QuerySet[Message]) -> list[Passage]:
    rows = addressees(asker, sent).values("message", "message__order", "kind").annotate(
        many=Count("pk"), handed=Count("pk", filter=HANDED),
        first=Min("notice__answered_at", filter=HANDED),
        last=Max("notice__answered_at", filter=HANDED),
    )  # fmt: skip
    return [Passage(row["message"], row["message__order"], row["kind"], False, row["many"],
                    row["handed"], row["first"], row["last"]) for row in rows]  # fmt: skip


def _subscribed(asker: Asker, sent: QuerySet[Message]) -> list[Passage]:
    rows = parcels(asker, sent).values("message", "message__order", "way").annotate(
        many=Sum("size"), ended=Sum("size", filter=Q(is_open=False)), first=Min("begun_at"),
        last=Max("ended_at"),
    )  # fmt: skip
    return [Passage(row["message"], row["message__order"], row["way"], True, row["many"],
                    row["ended"] or 0, row["first"], row["last"]) for row in rows]  # fmt: skip


def channel_name(channel: str, *, mass: bool) -> str:
    """What a channel is called."""
    return str((Subscription.Way if mass else Addressee.By)(channel).label)
