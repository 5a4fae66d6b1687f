"""Where and when the features of a collection are, at the price of a few rows.

The place is estimated: the box of the borders of the asker's districts, in which things lie by
their code. To look at each of millions of shapes for it would cost more than a page. The time is
open at an end where nothing bounds it.
"""

from typing import Any, Final

from django.db.models import Max, Min, Q

from anlan.apps.atlas.queries import regions
from anlan.desk.asker import Asker
from anlan.site.api.features.asking.crs import CRS84
from anlan.terms.places import COUNTRY

Told = dict[str, Any]
_PROVINCES: Final = tuple(f"{code:02}" for code in range(11, 100))
_SIDES: Final = {"w": Min("shape_w"), "s": Min("shape_s"), "e": Max("shape_e"), "n": Max("shape_n")}
_GREGORIAN: Final = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"


def extent_of(asker: Asker) -> Told:
    """The extent of each of the asker's collections; without borders only its time is told."""
    box = _borders(asker)
    spatial = {"spatial": {"bbox": [box], "crs": CRS84.uri}} if box else {}
    return {**spatial, "temporal": {"interval": [[None, None]], "trs": _GREGORIAN}}


def _borders(asker: Asker) -> list[float]:
    """The box of the districts that the asker is in charge of: those named, not all within."""
    codes = {grant.region for grant in asker.scope.grants}
    named = _PROVINCES if COUNTRY in codes else sorted(codes)
    rows = regions(asker).filter(Q(key__in=named), shape_w__isnull=False)
    sides = rows.order_by().aggregate(**_SIDES)
    box = [sides[name] for name in _SIDES]
    return [] if None in box else box
