"""The place that an evaluation is of, and the warnings of the offices over it.

What was issued for a place is no secret of whoever issued it: whoever is in charge of the place
sees that it was warned, and whether rightly. How that warning came about stays its issuer's.
"""

from collections.abc import Collection, Iterable

from django.db.models import Q
from shapely.geometry.base import BaseGeometry

from anlan.apps.atlas.models import Region
from anlan.apps.people.queries import within
from anlan.apps.warning.acts import SEE
from anlan.apps.warning.models import Message
from anlan.apps.warning.queries.evaluation.judging import Verdict
from anlan.apps.warning.queries.evaluation.sent import Issued, warned
from anlan.apps.warning.queries.reach import warnings
from anlan.desk.asker import Asker
from anlan.terms.places import COUNTRY, parents_of


def place_of(asker: Asker, region: str) -> tuple[str, ...]:
    """The districts that the asker is in charge of within the one chosen, or wherever where none
    is; who only owns some things in a district is not in charge of it."""
    grants = [one for one in asker.scope_for(SEE).grants if not one.owner]
    codes = {"" if one.region == COUNTRY else one.region for one in grants}
    both = ((code, region) for code in codes)
    return tuple(sorted(max(pair, key=len) for pair in both if _nested(*pair)))


def over(place: Collection[str]) -> Q:
    """A condition that holds for what the offices over a place issue."""
    return Q(region__in={code for one in place for code in parents_of(one)})


def closed_to(asker: Asker, rows: Iterable[Issued]) -> set[str]:
    """The keys of those of which the asker sees what was issued and no more."""
    scope = asker.scope_for(SEE)
    keys = {one.key for one in rows if not scope.covers(one.region, one.owner)}
    if not keys:
        return keys
    signed = warnings(asker).exclude(within(scope))
    return keys - set(signed.values_list("key", flat=True))


def of_place(
    place: tuple[str, ...], rows: list[Issued], verdicts: list[Verdict]
) -> tuple[list[Issued], list[Verdict]]:
    """Of warnings of offices over the place those that were for it, each with what happened in the
    place alone: in a county the city's warning is a hit or a false alarm of that county."""
    above = {code for one in place for code in parents_of(one)}
    high = {one.key for one in rows if one.region in above and not one.region.startswith(place)}
    if not high:
        return rows, verdicts
    own = [one for one in verdicts if one.warned.key in high]
    bare = [one.warned.key for one in own if not one.warned.codes]
    drawn = warned(Message.objects.filter(warning__key__in=bare)) if bare else {}
    land = _land(place) if bare else []
    for_it = {
        one.warned.key: one
        for one in (one.within(place) for one in own)
        if not one.is_false or drawn.get(one.warned.key, one.warned).reaches(place, land)
    }
    gone = high - for_it.keys()
    return (
        [one for one in rows if one.key not in gone],
        [for_it.get(one.warned.key, one) for one in verdicts if one.warned.key not in gone],
    )


def _nested(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _land(place: Collection[str]) -> list[BaseGeometry]:
    """The land of districts, as the atlas has it now."""
    rows = Region.objects.filter(key__in=place, until=None).order_by("key")
    return [one.shape for one in rows if one.shape]
