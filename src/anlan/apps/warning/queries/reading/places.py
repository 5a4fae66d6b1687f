"""Whether the area of a warning is sound, and within the jurisdiction of who issues it."""

from collections.abc import Iterator

import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from anlan.apps.atlas.models import Region
from anlan.apps.people.models import Organisation
from anlan.apps.warning.models import Signature, Warning
from anlan.apps.warning.queries.reading.remark import Remark
from anlan.terms.places import is_region

AREA = ("regions", "shape")
"""The fields that a remark about the area names."""
_BORDER_DEG = 0.002
"""About 200 m: borders are drawn no better."""
_LITTLE = 0.01
"""Of an area that may lie beyond the border."""
_MOST_CORNERS = 5000


def places(warning: Warning) -> Iterator[Remark]:
    """What is wrong with the area."""
    if not warning.regions:
        # An area that is drawn alone is found by nobody who asks by district.
        yield Remark("regions", _("Say for which districts it holds; the area is drawn beside."))
    reach = [warning.region, *_regions_of_others(warning)]
    for code in warning.regions:
        if not is_region(str(code)):
            yield Remark("regions", _("%(code)s is no region.") % {"code": code})
        elif not any(code.startswith(one) for one in reach):
            yield Remark("regions", _("%(code)s lies outside the jurisdiction of those who "
                                      "sign.") % {"code": code})  # fmt: skip
    if warning.shape is not None and not warning.shape.is_empty:
        yield from _drawn(warning.shape, reach)


def _regions_of_others(warning: Warning) -> list[str]:
    """Of the other departments that are to sign."""
    rows = Signature.objects.filter(warning=warning, order=warning.messages.count() + 1)
    keys = [key for key in rows.values_list("organisation", flat=True) if key != warning.owner]
    return list(Organisation.objects.filter(key__in=keys).values_list("region", flat=True))


def _drawn(shape: BaseGeometry, reach: list[str]) -> Iterator[Remark]:
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        yield Remark("shape", _("An area is wanted, not a line or a point."))
        return
    if not shape.is_valid:
        yield Remark("shape", _("The border of the area crosses itself."))
        return
    if shapely.get_num_coordinates(shape) > _MOST_CORNERS:
        yield Remark("shape", _("The border has too many corners: at most %(most)d.")
                     % {"most": _MOST_CORNERS})  # fmt: skip
    if any(len(part.interiors) for part in getattr(shape, "geoms", [shape])):
        yield Remark("shape", _("Holes in the area are not sent: they count as warned."),
                     stops=False)  # fmt: skip
    if _is_beyond(shape, reach):
        yield Remark("shape", _("The area lies outside the jurisdiction of those who sign."))


def _is_beyond(shape: BaseGeometry, reach: list[str]) -> bool:
    """Whether a part that counts lies outside; not where no border is known."""
    rows = Region.objects.standing().filter(key__in=reach).exclude(shape=None)
    borders = [row.shape for row in rows]
    if len(borders) < len(set(reach)):
        return False
    outside = shape.difference(shapely.union_all(borders).buffer(_BORDER_DEG))
    return bool(outside.area > _LITTLE * shape.area)
