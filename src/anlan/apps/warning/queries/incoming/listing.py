"""Lists of official warnings that came in."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from anlan.apps.warning.acts import SEE
from anlan.apps.warning.models.incoming import Incoming, IncomingMessage, IncomingPlace
from anlan.apps.warning.queries.reach import plain
from anlan.desk.asker import Asker
from anlan.terms.places import COUNTRY, Scope, is_region, parents_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What a list is cut to; what is empty does not cut. state: stands, over or lifted."""

    state: str = ""
    level: int = 0
    code: str = ""
    status: str = ""
    feed: str = ""
    text: str = ""


def incoming(asker: Asker) -> QuerySet[Incoming]:
    """The official warnings for places within the asker's jurisdiction, or around it.

    A warning for the province is for each of its counties; one for a village is for its county.
    """
    rows = Incoming.objects.filter(joined=None).select_related("feed")
    if not asker.may(SEE):
        return rows.none()
    scope = asker.scope_for(SEE)
    if any(grant.region == COUNTRY for grant in scope.grants):
        return rows
    places = IncomingPlace.objects.filter(_touching(scope), warning=OuterRef("pk"))
    return rows.filter(Exists(places))


def _touching(scope: Scope) -> Q:
    """A condition on places: within what somebody is in charge of, or over it."""
    condition = Q(pk__in=[])
    for grant in scope.grants:
        if is_region(grant.region):
            above = (grant.region, *parents_of(grant.region))
            condition |= Q(region__range=grant.span) | Q(region__in=above)
    return condition


def standing(asker: Asker) -> QuerySet[Incoming]:
    """Those that hold now, the gravest first, drills and tests last."""
    held = incoming(asker).filter(is_lifted=False, ends_at__gt=asker.now)
    return held.order_by("status", "-level", "-sent_at")


def seen(asker: Asker, key: str) -> Incoming | None:
    """One by its key, by that of a course that was joined to it too; None where there is none that
    the asker sees."""
    found = Incoming.objects.filter(key=plain(key)).first()
    while found is not None and found.joined is not None:
        found = found.joined
    return incoming(asker).filter(pk=found.pk).first() if found else None


def incoming_for(asker: Asker, key: str) -> Incoming:
    """The same; Http404 where there is none."""
    found = seen(asker, key)
    if found is None:
        raise Http404
    return found


def sought(asker: Asker, want: Sought) -> QuerySet[Incoming]:
    """The official warnings that the asker sees and wants."""
    cut = {"level": want.level, "code": plain(want.code), "status": want.status,
           "feed__key": plain(want.feed)}  # fmt: skip
    rows = incoming(asker).filter(**{name: value for name, value in cut.items() if value})
    for word in plain(want.text).split()[:8]:
        rows = rows.filter(
            Q(headline_zh__icontains=word) | Q(headline_en__icontains=word)
            | Q(area__icontains=word) | Q(office__icontains=word)
        )  # fmt: skip
    return rows.filter(_in_state(want.state, asker.now)) if want.state else rows


def _in_state(state: str, now: datetime) -> Q:
    lifted = Q(is_lifted=True)
    return {"lifted": lifted, "stands": ~lifted & Q(ends_at__gt=now)}.get(
        state, ~lifted & Q(ends_at__lte=now)
    )


def counted(asker: Asker) -> int:
    """How many actual ones hold now."""
    return standing(asker).filter(status="Actual").count()


def messages_of(course: Incoming) -> list[IncomingMessage]:
    """All messages of a course, those of courses that were joined to it too, in their order."""
    own, wave = [course.pk], [course.pk]
    while wave:
        wave = list(Incoming.objects.filter(joined__in=wave).values_list("pk", flat=True))
        own += wave
    return list(IncomingMessage.objects.filter(first__in=own).order_by("sent_at", "pk"))
