"""What official warnings bear upon: limits that they lower, and the response that they suggest."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from django.db.models import Q, QuerySet

from anlan.apps.atlas.meaning import packs
from anlan.apps.atlas.models import Limit, Lowering
from anlan.apps.atlas.queries import sensors
from anlan.apps.warning.acts import LOWER, SEE
from anlan.apps.warning.models.incoming import Incoming
from anlan.apps.warning.models.warning import OFFICIAL
from anlan.apps.warning.queries.incoming.listing import standing
from anlan.desk.asker import Asker
from anlan.packs import Bearing
from anlan.packs.warning.lowering import LOWERED
from anlan.terms.places import COUNTRY, Grant

CAUSE = OFFICIAL
"""How the cause begins of what follows from an official warning; then comes that one's key."""
_MOST = 100
_ACTUAL = "Actual"


class Borne(NamedTuple):
    """A pack and what a warning bears upon by it."""

    pack: str
    bearing: Bearing


def borne_by(one: Incoming) -> list[Borne]:
    """What each pack says of a warning of that kind and level; nothing of what is not actual."""
    if one.status != _ACTUAL or not one.code:
        return []
    return [
        Borne(name, bearing)
        for name, pack in packs().items()
        for bearing in pack.bearings
        if one.code in bearing.codes and bearing.level == one.level
    ]


def lowerings_of(asker: Asker, one: Incoming) -> list[Lowering]:
    """What was decided about limits under a warning, as far as the asker is concerned."""
    rows = decided(one)
    return [row for row in rows if any(_touches(asker, code) for code in row.regions)]


def decided(one: Incoming) -> QuerySet[Lowering]:
    """All that was decided about limits under a warning."""
    return Lowering.objects.filter(cause=f"{CAUSE}{one.key}")


def _touches(asker: Asker, code: str) -> bool:
    grants = asker.scope_for(SEE).grants
    return any(grant.region == COUNTRY or _nested(code, grant.region) for grant in grants)


def charge_of(asker: Asker, one: Incoming) -> tuple[str, ...]:
    """Where the warning holds and the asker decides: the narrower of both."""
    grants = [grant.region for grant in asker.scope_for(LOWER).grants if not grant.owner]
    return tuple(sorted(set(one.regions))) if COUNTRY in grants else narrower(one.regions, grants)


def narrower(codes: Iterable[str], others: Collection[str]) -> tuple[str, ...]:
    """What lies within one of the codes and within one of the others."""
    found = {max(a, b, key=len) for a in codes for b in others if _nested(a, b)}
    return tuple(sorted(found))


def _nested(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def responses_on_desk(asker: Asker) -> list[tuple[Incoming, Bearing]]:
    """The highest level of response that a standing warning suggests for each hazard."""
    found: dict[str, tuple[Incoming, Bearing]] = {}
    for one in standing(asker).filter(status=_ACTUAL)[:_MOST]:
        for pack, bearing in borne_by(one):
            known = found.get(pack)
            if bearing.response and (known is None or (known[1].response or 0) < bearing.response):
                found[pack] = (one, bearing)
    return list(found.values())


def lowered_now(asker: Asker) -> list[Lowering]:
    """The lowerings that hold now where the asker sees them."""
    rows = Lowering.objects.filter(state=Lowering.State.STANDS, until__gt=asker.now)
    return [row for row in rows if any(_touches(asker, code) for code in row.regions)]


def sensors_lowered(asker: Asker) -> int:
    """How many sensors of the asker's own have a lowered limit now, by whatever it is lowered."""
    begun = Q(since=None) | Q(since__lte=asker.now)
    on = Q(until=None) | Q(until__gt=asker.now)
    return _sensors(asker, Limit.objects.filter(begun, on, source__startswith=LOWERED))


def sensors_under(asker: Asker, row: Lowering) -> int:
    """How many sensors of the asker's own have, or had, a limit that this lowered."""
    here = Q(pk__in=[])
    for code in row.regions:
        here |= Q(region__range=Grant(code).span)
    laid = Limit.objects.filter(here, source=row.source, since__lt=row.end, until__gt=row.since)
    return _sensors(asker, laid)


def _sensors(asker: Asker, limits: QuerySet[Limit]) -> int:
    return sensors(asker).filter(key__in=limits.order_by().values("sensor_key")).count()


def untouched(pack: str) -> list[str]:
    """The rules of a pack that carry a threshold themselves: no limit of a sensor, so no warning
    lowers it."""
    found = packs().get(pack)
    return [] if found is None else [
        rule.key for rule in found.rule_set.rules
        if not rule.takes_limits or any(one.threshold is not None for one in rule.levels)
    ]  # fmt: skip
