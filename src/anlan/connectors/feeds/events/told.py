"""A record as a CAP message, so that it is kept, shown and followed like any other warning."""

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from anlan.cap.message import Alert, Area, Info, Resource
from anlan.connectors.feeds.forms.form import Form
from anlan.connectors.feeds.forms.record import Record
from anlan.terms.errors import Malformed

_UNFIT = re.compile(r"[\s,<&]+")
_MOST_SOURCE, _MOST_POINTS, _MOST_RINGS = 100_000, 2_000, 50
_LARGEST_KM = 1_000.0
_WEB = re.compile(r"https?://[^\s\"'<>]{1,500}")
_MADE_ZH = "（由安澜据事件信息源转写，原文附后）"
_MADE_EN = " (written by Anlan from a feed of events; the original is attached)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event. key, same: its name and the others that it has · begins, sent, ends: when · size:
    None where it is not told · is_over: withdrawn."""

    key: str
    same: frozenset[str]
    begins: datetime
    ends: datetime
    sent: datetime | None
    size: float | None
    is_over: bool
    said: Alert


def told_of(record: Record, form: Form) -> Told:
    """The event that a record tells; Malformed where it has no name or no time.

    What is said has no time of its own yet: that is the caller's.
    """
    key = key_of(record, form)
    if not key:
        raise Malformed("it has no name")
    if record.wrong:
        raise Malformed(f"{key}: {record.wrong}")
    begins = record.moment(form.begins)
    if begins is None:
        raise Malformed(f"{key}: it says no time")
    last = record.moment(form.ends) or begins
    try:
        ends = max(begins, last) + timedelta(hours=form.hold_h)
    except OverflowError as error:
        raise Malformed(f"{key}: it never ends") from error
    told = Alert(
        identifier=key, sender=form.sender, sent="", status="Actual", msg_type="Alert",
        scope="Public", info=tuple(_infos(record, form, (begins, ends))),
    )  # fmt: skip
    return Told(
        key=key, same=same_of(record, form) - {key}, begins=begins, ends=ends,
        sent=record.moment(form.sent), size=record.number(form.size_by) if form.size_by else None,
        is_over=form.is_over(record), said=told,
    )  # fmt: skip


def key_of(record: Record, form: Form) -> str:
    """What an event is called; empty where a part of it is missing."""
    parts = [_plain(record.text(name)) for name in form.key]
    return "".join(parts)[:128] if all(parts) else ""


def same_of(record: Record, form: Form) -> frozenset[str]:
    """The names that it has, as the feed lists them."""
    names = (_plain(one) for one in record.text(form.same).split(","))
    return frozenset(filter(None, names))


def withdrawal(key: str, form: Form) -> Alert:
    """That an event is no more."""
    return Alert(
        identifier=key, sender=form.sender, sent="", status="Actual", msg_type="Cancel",
        scope="Public",
    )  # fmt: skip


def dated(said: Alert, sent: datetime, before: Sequence[str]) -> Alert:
    """A message of that time; before: the messages that it follows, as CAP refers to them."""
    kind = "Update" if before and said.msg_type == "Alert" else said.msg_type
    return replace(
        said, sent=as_text(sent), msg_type=kind, references=" ".join(before) or None
    )  # fmt: skip


def as_text(at: datetime) -> str:
    """A time as CAP writes it, in whole seconds of UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00").rjust(25, "0")


def _plain(text: str) -> str:
    return _UNFIT.sub("_", text.strip())


def _infos(record: Record, form: Form, span: tuple[datetime, datetime]) -> Iterator[Info]:
    event, level = form.event(record), form.level(record)
    link = next((one for name in ("url", "link", "link.href", "url.report")
                 if (one := record.text(name)) and _WEB.fullmatch(one)), None)  # fmt: skip
    for language, name, office, made in (
        ("zh-CN", event.zh, form.office_zh, _MADE_ZH), ("en-US", event.en, form.office_en, _MADE_EN)
    ):  # fmt: skip
        short = language[:2]
        headline = form.say(f"headline_{short}", record, name).strip()[:300]
        yield Info(
            language=language, category=(event.category,), event=name, urgency="Unknown",
            severity=level, certainty="Observed", onset=as_text(span[0]),
            expires=as_text(span[1]), sender_name=office, headline=headline,
            description=f"{form.say(f'text_{short}', record, name).strip()[:2_000]}{made}",
            web=link, area=tuple(_areas(record, form)),
            resource=tuple(_source(record)) if short == "zh" else (),
        )  # fmt: skip


def _source(record: Record) -> Iterator[Resource]:
    """What was told, as it came."""
    if len(record.source) <= _MOST_SOURCE:
        yield Resource(
            resource_desc="original", mime_type=record.kind, size=str(len(record.source)),
            deref_uri=base64.b64encode(record.source).decode(),
        )  # fmt: skip


def _areas(record: Record, form: Form) -> Iterator[Area]:
    """Its rings, else a circle around it; none where no place is told."""
    geometry = record.geometry or {}
    name = next(filter(None, map(record.text, ("place", "country", "title", "name"))), "—")[:200]
    rings = _rings(geometry)
    if rings:
        yield Area(area_desc=name, polygon=tuple(map(_ring, rings)))
        return
    spots = [spot for spot in _spots(geometry.get("coordinates")) if _is_on_earth(spot)]
    if spots:
        lon, lat = spots[0] if len(spots) == 1 else _middle(spots)
        reach_km = min(float(geometry.get("reach_km") or form.reach(record)), _LARGEST_KM)
        yield Area(area_desc=name, circle=(f"{lat:.5f},{lon:.5f} {reach_km:g}",))


def _rings(geometry: Any) -> list[list[tuple[float, float]]]:
    """The outer rings of polygons; none where there are too many, or one is not sound."""
    told, kind = geometry.get("coordinates"), geometry.get("type")
    many = [told] if kind == "Polygon" else told if kind == "MultiPolygon" else None
    if not isinstance(many, list) or len(many) > _MOST_RINGS:
        return []
    rings = [list(_spots(one[0])) if isinstance(one, list) and one else [] for one in many]
    whole = all(
        len(ring) >= 4 and ring[0] == ring[-1] and all(map(_is_on_earth, ring)) for ring in rings
    )
    return rings if whole and sum(map(len, rings)) <= _MOST_POINTS else []


def _spots(told: Any, depth: int = 0) -> Iterator[tuple[float, float]]:
    """All longitudes and latitudes within, however deep."""
    if not isinstance(told, list) or depth > 4:
        return
    if len(told) >= 2 and all(type(one) in (int, float) for one in told[:2]):
        yield told[0], told[1]
        return
    for one in told:
        yield from _spots(one, depth + 1)


def _is_on_earth(spot: tuple[float, float]) -> bool:
    lon, lat = spot
    return abs(lat) <= 90 and abs(lon) <= 180


def _middle(spots: list[tuple[float, float]]) -> tuple[float, float]:
    """The middle of a box around them."""
    lons, lats = zip(*spots, strict=True)
    return (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2


def _ring(ring: list[tuple[float, float]]) -> str:
    return " ".join(f"{lat:.5f},{lon:.5f}" for lon, lat in ring)
