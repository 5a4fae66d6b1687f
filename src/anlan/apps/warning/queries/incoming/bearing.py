"""What official warnings bear upon: limits that they lower, and the response that they suggest."""

from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q, QuerySet

from anlan.apps.atlas.meaning import packs
from anlan.apps.atlas.models import Lowering
from anlan.apps.warning.acts import LOWER, SEE
from anlan.apps.warning.models.incoming import Incoming
from anlan.apps.warning.queries.incoming.listing import standing
from anlan.desk.asker import Asker
from anlan.packs import Bearing
from anlan.terms.places import COUNTRY

CAUSE = "incoming:"
"""How the cause begins of what follows from an official warning; then comes that one's key."""
_MOST = 100
_ACTUAL = "Actual"


class Borne(NamedTuple):
    """A pack and what a warning bears upon by it."""

    pack: str
    bearing: Bearing


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A lowering that somebody may confirm, for these regions; the rest is decided."""

    one: Incoming
    pack: str
    bearing: Bearing
    regions: tuple[str, ...]


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
    for grant in asker.scope_for(SEE).grants:
        if grant.region == COUNTRY or code.startswith(grant.region):
            return True
        if grant.region.startswith(code):
            return True
    return False


def asked_of(asker: Asker, one: Incoming) -> list[Asked]:
    """What waits for the asker's decision; what is automatic waits for nobody."""
    if not one.stands(asker.now) or not asker.may(LOWER):
        return []
    found = []
    for pack, bearing in borne_by(one):
        if bearing.lower and not bearing.is_automatic:
            regions = _undecided(one, pack, bearing, regions=charge_of(asker, one))
            if regions:
                found.append(Asked(one=one, pack=pack, bearing=bearing, regions=regions))
    return found


def charge_of(asker: Asker, one: Incoming) -> tuple[str, ...]:
    """Where the warning holds and the asker decides: the narrower of both."""
    found = set()
    for grant in asker.scope_for(LOWER).grants:
        if grant.owner:
            continue
        for code in one.regions:
            if grant.region == COUNTRY or code.startswith(grant.region):
                found.add(code)
            elif grant.region.startswith(code):
                found.add(grant.region)
    return tuple(sorted(found))


def _undecided(
    one: Incoming, pack: str, bearing: Bearing, *, regions: tuple[str, ...]
) -> tuple[str, ...]:
    """Those of the regions for which nobody has decided at this level of the warning."""
    rows = decided(one).filter(pack=pack, level=int(bearing.level)).exclude(_is_void())
    over = [code for row in rows for code in row.regions]
    return tuple(code for code in regions if not any(code.startswith(x) for x in over))


def _is_void() -> Q:
    """Nothing was decided by a lowering that ended by itself, and whose warning went on."""
    return Q(state=Lowering.State.ENDED, ended_by="")


def asked_on_desk(asker: Asker) -> list[Asked]:
    """What waits for the asker's decision, over all warnings that stand."""
    if not asker.may(LOWER):
        return []
    rows = standing(asker).filter(status=_ACTUAL)[:_MOST]
    return [asked for one in rows for asked in asked_of(asker, one)]


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
