"""Devices that have not been heard of, and places out of earshot of every loudspeaker."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import shapely
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from anlan.apps.atlas.queries import facilities, regions, targets
from anlan.apps.people.models import Notice
from anlan.desk.asker import Asker

KINDS = ("loudspeaker", "screen")
REACH_M = 800
"""How far a loudspeaker is heard where its record says nothing, metres."""
SOURCE = _("ours; no standard and no maker's figure was compared")
"""Where that stands; unverified."""
_M_PER_DEGREE, _VILLAGE, _AT_ONCE = 111_320.0, 12, 500


@dataclass(frozen=True, slots=True)
class Device:
    """A loudspeaker or screen; heard_at: when it last said that it played or showed, None: never.

    is_set: whether the records say where it is reached.
    """

    row: Any
    is_set: bool
    heard_at: datetime | None


@dataclass(frozen=True, slots=True)
class Unheard:
    """A village or quarter out of earshot; metres: to the nearest loudspeaker, None for none."""

    row: Any
    point: Any
    metres: float | None


def silent_devices(asker: Asker, hours: int) -> list[Device]:
    """Those of the asker's jurisdiction without a receipt in so many hours, longest silent first.

    By the receipts of what was sent to them: nothing else tells whether one is alive.
    """
    since = asker.now - timedelta(hours=hours)
    rows = list(facilities(asker).filter(kind__in=KINDS))
    heard = _heard({one.device for one in rows if one.device})
    every = (Device(one, bool(one.device), heard.get(one.device)) for one in rows)
    found = [one for one in every if one.heard_at is None or one.heard_at < since]
    return sorted(found, key=lambda d: (d.heard_at is not None, d.heard_at or since, d.row.key))


def _heard(addresses: set[str]) -> dict[str, datetime]:
    """When each was last known to have played or shown something."""
    found, known = dict[str, datetime](), sorted(addresses)
    done = Notice.objects.filter(kind__in=("speaker", "screen"), state=Notice.State.DELIVERED)
    for start in range(0, len(known), _AT_ONCE):
        rows = done.filter(address__in=known[start : start + _AT_ONCE]).values("address")
        told = rows.annotate(at=Max("answered_at")).values_list("address", "at")
        found |= {address: at for address, at in told if at is not None}
    return found


def out_of_earshot(asker: Asker) -> list[Unheard]:
    """Villages and quarters of the asker's jurisdiction that no loudspeaker there reaches.

    From the middle of each to the nearest loudspeaker with an address, within the reach that its
    record names (`size`, metres). What stands beyond the jurisdiction is not counted.
    """
    places = [one for one in regions(asker).exclude(shape=None) if len(one.key) == _VILLAGE]
    places += list(targets(asker).filter(kind="quarter").exclude(shape=None))
    if not places:
        return []
    speakers = facilities(asker).filter(kind="loudspeaker").exclude(device="").exclude(shape=None)
    middles = [one.shape.representative_point() for one in places]
    scale = math.cos(math.radians(middles[0].y))
    stands = [(_flat(one.shape.representative_point(), scale), one.size or REACH_M)
              for one in speakers]  # fmt: skip
    tree = shapely.STRtree([point for point, _reach in stands])
    widest = max((reach for _point, reach in stands), default=0)
    found = []
    for row, middle in zip(places, middles, strict=True):
        flat = _flat(middle, scale)
        near = tree.query(flat.buffer(widest)) if stands else ()
        if not any(flat.distance(stands[n][0]) <= stands[n][1] for n in near):
            found.append(Unheard(row, middle, _nearest(tree, flat)))
    return sorted(found, key=lambda one: (one.metres is not None, -(one.metres or 0), one.row.key))


def _flat(point: Any, scale: float) -> Any:
    return shapely.Point(point.x * scale * _M_PER_DEGREE, point.y * _M_PER_DEGREE)


def _nearest(tree: Any, flat: Any) -> float | None:
    n = tree.nearest(flat) if len(tree.geometries) else None
    return None if n is None else float(flat.distance(tree.geometries[n]))
