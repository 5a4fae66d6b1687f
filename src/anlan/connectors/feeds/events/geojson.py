"""GeoJSON (RFC 7946) into records."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

from anlan.connectors.feeds.forms.record import Record
from anlan.terms.errors import Malformed

KIND = "application/geo+json"
MOST = 20_000
"""The most events of one feed."""
_MOST_DIGITS = 4_000


def records_in(data: bytes) -> tuple[list[Record | str], datetime | None]:
    """Its events, or why one is none, and when the feed was made; Malformed for no GeoJSON."""
    try:
        told = json.loads(data, parse_constant=_refuse, parse_int=_whole)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not JSON ({str(error)[:80]})") from error
    if not isinstance(told, dict):
        raise Malformed("not GeoJSON: no object")
    features = told.get("features")
    if told.get("type") == "Feature":
        features = [told]
    if not isinstance(features, list):
        raise Malformed("not GeoJSON: it holds no features")
    if len(features) > MOST:
        raise Malformed(f"more than {MOST} events")
    return [_record(one) for one in features], _made(told.get("metadata"))


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number of JSON")


def _whole(digits: str) -> int | float:
    """One that is too long to be a whole number of Python's costs its event, and not the feed."""
    return int(digits) if len(digits) < _MOST_DIGITS else float(digits)


def _record(feature: Any) -> Record | str:
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        return "no feature with properties"
    geometry = _geometry(feature.get("geometry"))
    fields = dict(feature["properties"])
    if feature.get("id") is not None:
        fields["id"] = feature["id"]
    fields |= dict(_spot(geometry))
    try:
        source = json.dumps(feature, ensure_ascii=False, allow_nan=False)
    except (ValueError, RecursionError) as error:
        return Record(fields, None, b"", KIND, wrong=f"it cannot be kept as JSON ({error})")
    return Record(fields, geometry, source.encode("utf-8", "replace"), KIND)


def _geometry(told: Any) -> dict[str, Any] | None:
    """What RFC 7946 has words for; how far it reaches is not among it."""
    if not isinstance(told, dict):
        return None
    return {name: told.get(name) for name in ("type", "coordinates")}


def _spot(geometry: Any) -> Iterator[tuple[str, Any]]:
    """lon, lat and depth of a point."""
    if isinstance(geometry, Mapping) and geometry.get("type") == "Point":
        spot = geometry.get("coordinates")
        if isinstance(spot, list):
            yield from zip(("lon", "lat", "depth"), spot[:3], strict=False)


def _made(about: Any) -> datetime | None:
    made = about.get("generated") if isinstance(about, dict) else None
    try:
        return datetime.fromtimestamp(made / 1000, UTC) if type(made) is int else None
    except (ValueError, OverflowError, OSError):
        return None
