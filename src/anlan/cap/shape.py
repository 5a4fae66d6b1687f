"""Rings and circles of an area, judged as shapes on the ground.

A polygon is `lat,lon lat,lon …`, a circle `lat,lon radius_km`, in WGS 84.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import shapely
from shapely import Polygon

from anlan.cap.message import Area
from anlan.terms.errors import Malformed

_NUMBER = r"[+-]?(?:\d{1,9}(?:\.\d{0,30})?|\.\d{1,30})"
_POINT = re.compile(rf"({_NUMBER}),({_NUMBER})", re.ASCII)
_CIRCLE = re.compile(rf"\s*({_NUMBER}),({_NUMBER})\s+({_NUMBER})\s*", re.ASCII)
_HALF_ROUND_KM = 20_038
"""Half the way round the Earth: no circle is larger."""

MOST_COMPARED = 1_000
"""The most polygons of one area that are looked through for one within another."""

Point = tuple[float, float]
"""Latitude and longitude in degrees, as CAP writes them."""


def ring_of(text: str) -> tuple[Point, ...]:
    """The points of a polygon in their order; Malformed where a word is no `lat,lon`."""
    found = [_POINT.fullmatch(word) for word in text.split()]
    points = tuple((float(one[1]), float(one[2])) for one in found if one)
    if len(points) < len(found) or not points:
        raise Malformed(f"not a polygon: {text[:40]!r}")
    return points


def circle_of(text: str) -> tuple[Point, float]:
    """The centre of a circle and its radius in km; Malformed where it is none."""
    found = _CIRCLE.fullmatch(text)
    if found is None:
        raise Malformed(f"not a circle: {text[:40]!r}")
    return (float(found[1]), float(found[2])), float(found[3])


def faults_of(area: Area) -> Iterator[tuple[str, str]]:
    """What is wrong with the shapes of an area: a word and the place, such as polygon 2.

    unreadable · outside · open · duplicated · degenerate · crossing · holed
    """
    rings: dict[int, tuple[Point, ...]] = {}
    for number, text in enumerate(area.polygon, 1):
        try:
            rings[number] = ring_of(text)
        except Malformed:
            yield "unreadable", f"polygon {number}"
            continue
        for word in _ring_faults(rings[number]):
            yield word, f"polygon {number}"
    yield from _between(rings)
    for number, text in enumerate(area.circle, 1):
        if fault := _circle_fault(text):
            yield fault, f"circle {number}"


def _ring_faults(points: tuple[Point, ...]) -> Iterator[str]:
    if not all(map(_is_on_earth, points)):
        yield "outside"
    if points[0] != points[-1]:
        yield "open"
    if any(a == b for a, b in pairwise(points)):
        yield "duplicated"
    # An edge over the 180th meridian may be meant the short way or the long way round.
    faults = [_form_fault(ring) for ring in (_closed(points), _closed(_unbroken(points)))]
    if all(faults):
        yield from filter(None, faults[:1])


def _form_fault(ring: list[Point]) -> str | None:
    """degenerate, holed or crossing; None for a ring that encloses one piece of land."""
    if len(set(ring)) < 3:
        return "degenerate"
    edges = set(pairwise(ring))
    if any((b, a) in edges for a, b in edges):
        # It comes back on its own way: to nothing, or from a hole that it went round.
        is_spike = any(a == b for a, b in zip(ring[:-1], [*ring[2:], ring[1]], strict=True))
        return "degenerate" if is_spike else "holed"
    land = Polygon(ring)
    if land.is_valid:
        return None if land.area else "degenerate"
    return "degenerate" if not land.convex_hull.area else "crossing"


def _closed(points: Sequence[Point]) -> list[Point]:
    """The ring closed, without points that repeat the one before."""
    ring = [a for a, b in pairwise(points) if a != b] + [points[-1]]
    return ring if ring[0] == ring[-1] else [*ring, ring[0]]


def _unbroken(points: Sequence[Point]) -> list[Point]:
    """The ring with longitudes that go on beyond 180 degrees instead of jumping back."""
    ring = [points[0]]
    for latitude, longitude in points[1:]:
        turns = round((longitude - ring[-1][1]) / 360)
        ring.append((latitude, longitude - 360 * turns))
    return ring


def _between(rings: dict[int, tuple[Point, ...]]) -> Iterator[tuple[str, str]]:
    """What polygons of one area are to each other: the same, or one within the other."""
    closed = {number: _closed(ring) for number, ring in rings.items()}
    first: dict[frozenset[frozenset[Point]], int] = {}
    for number, ring in closed.items():
        # By its edges: where it begins and which way it goes round makes no other polygon.
        same = first.setdefault(frozenset(map(frozenset, pairwise(ring))), number)
        if same != number:
            yield "duplicated", f"polygon {number} as {same}"
    lands = {number: Polygon(ring) for number, ring in closed.items() if len(ring) > 3}
    sound = {number: land for number, land in lands.items() if land.is_valid and land.area}
    if len(sound) < 2:
        return
    if len(sound) > MOST_COMPARED:
        yield "unjudged", f"more than {MOST_COMPARED} polygons, not looked through for holes"
        return
    numbers, shapes = list(sound), list(sound.values())
    pairs = shapely.STRtree(shapes).query(shapes, predicate="contains_properly").T.tolist()
    yield from (("holed", f"polygon {numbers[b]} within {numbers[a]}") for a, b in sorted(pairs))


def overlaps(points: tuple[Point, ...]) -> int:
    """At most how many pairs of edges lie side by side: what judging a ring costs."""
    corners = np.array(_closed(points))
    low = np.minimum(corners[:-1], corners[1:])
    high = np.maximum(corners[:-1], corners[1:])
    return min(_side_by_side(low[:, axis], high[:, axis]) for axis in (0, 1))


def _side_by_side(low: np.ndarray, high: np.ndarray) -> int:
    """How many pairs of stretches from low to high have something in common."""
    apart = int(np.searchsorted(np.sort(high), low, side="left").sum())
    return len(low) * (len(low) - 1) // 2 - apart


def _circle_fault(text: str) -> str | None:
    try:
        centre, radius_km = circle_of(text)
    except Malformed:
        return "unreadable"
    return None if _is_on_earth(centre) and 0 <= radius_km < _HALF_ROUND_KM else "outside"


def _is_on_earth(point: Point) -> bool:
    latitude, longitude = point
    return abs(latitude) <= 90 and abs(longitude) <= 180
