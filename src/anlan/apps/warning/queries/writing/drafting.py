"""What a warning says at first, by the pack's texts and guidance, in both languages."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import shapely
from django.utils import timezone
from shapely.geometry.base import BaseGeometry

from anlan.apps.atlas.meaning import guidance, packs, quantity, rule_words
from anlan.apps.atlas.models import ObservedObject, Region
from anlan.apps.warning.models import Warning
from anlan.apps.warning.queries.writing.wording import ENGLISH, headlines
from anlan.apps.watch.models import Alarm
from anlan.apps.watch.sentence import tells_quantity
from anlan.desk.geometry.lookups import box_around
from anlan.packs import Event, Words
from anlan.packs.units import decimals, sign_of
from anlan.terms.levels import Level

_LEFT = "－"
"""Stands for what an alarm does not say; whoever reads it over is told that it was left open."""
_PLAIN = Words("{at}，{place}{object}出现{quantity}，已达到{level}标准。",
               "At {at}, {object}, {place}, was in this state: {quantity}. "
               "It has reached the {level} level.")  # fmt: skip
"""Of an alarm that has no amount to tell: several together, or a state."""
_BEFORE_STOP = re.compile(r" +(?=[，。）；,.;)])")
"""Where a number without a unit stands before a stop."""
_Both = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class Names:
    """What something is called in both languages."""

    zh: str
    en: str


def events_of(pack: str) -> list[Event]:
    """What a warning of a hazard may be about."""
    found = packs().get(pack)
    return list(found.events.values()) if found else []


def event_for(pack: str, rule: str) -> Event | None:
    """What an alarm of that rule suggests; None where the pack has nothing to warn of."""
    fitting = (one for one in events_of(pack) if not one.rules or rule in one.rules)
    return next(fitting, None)


def event_named(pack: str, name: str) -> Event | None:
    """An event of a pack, by its name."""
    found = packs().get(pack)
    return found.events.get(name) if found else None


def first_content(event: Event, level: int, at: datetime) -> dict[str, Any]:
    """What every warning of an event begins with."""
    return {
        "event": event.code,
        "event_zh": event.title.zh,
        "event_en": event.title.en,
        "category": event.category,
        "level": int(level),
        "caution_zh": event.caution.zh,
        "caution_en": event.caution.en,
        "onset": at,
        "expires": at + timedelta(milliseconds=event.valid_ms),
    }


def alarm_content(alarm: Alarm, event: Event, at: datetime) -> dict[str, Any]:
    """What an alarm suggests: event, level, text, measures and area."""
    level = Level(alarm.level or alarm.peak)
    content = first_content(event, level, at)
    place = region_names(alarm.region)
    told = _told(alarm, event, level, place=place)
    description = filled(event.description if _has_amount(alarm) else _PLAIN, told)
    measures = measures_for(alarm.rule, level)
    return content | {
        "onset": alarm.raised_at,
        "certainty": "Observed",
        "description_zh": description.zh,
        "description_en": description.en,
        "measures_zh": measures.zh,
        "measures_en": measures.en,
        "area_zh": place.zh,
        "area_en": place.en,
        "regions": [alarm.region],
        "shape": area_of(alarm, event.buffer_m),
    }


def measures_for(rule: str, level: int) -> Names:
    """What the guidance of a rule says to do at a level."""
    lines = guidance(rule, level)
    return Names("\n".join(one.text.zh for one in lines), "\n".join(one.text.en for one in lines))


def ended_content(warning: Warning) -> dict[str, str]:
    """What a cancellation says: the pack's text, without what people were to do."""
    event = next((e for e in events_of(warning.pack) if e.code == warning.event
                  and e.title.zh == warning.event_zh), None)  # fmt: skip
    told = Names(f"{warning.event_zh}影响已经减弱，现解除预警。",
                 f"The danger has eased; the {warning.event_en} warning is lifted.")  # fmt: skip
    if event is not None:
        alarm = Alarm.objects.filter(key=warning.cause).first() if warning.cause else None
        names: dict[str, _Both] = {"object": object_names(alarm) if alarm else ("", "the place"),
                 "place": (warning.area_zh, warning.area_en or warning.area_zh),
                 "event": (event.title.zh, event.title.en)}  # fmt: skip
        told = filled(event.ended, names)
    return {"description_zh": told.zh, "description_en": told.en, "caution_zh": "",
            "caution_en": "", "measures_zh": "", "measures_en": ""}  # fmt: skip


def with_headlines(warning: Warning, office: Names) -> None:
    """Puts the headline of its kind, event and level in place."""
    warning.headline_zh, warning.headline_en = headlines(warning, office.zh, office.en)


def filled(words: Words, told: dict[str, _Both]) -> Names:
    """A template with its places filled, in both languages; unknown ones with a dash."""
    texts = (words.zh.format_map(_Filling(told, 0)), words.en.format_map(_Filling(told, 1)))
    return Names(*(_BEFORE_STOP.sub("", one) for one in texts))


class _Filling(dict[str, str]):
    def __init__(self, told: dict[str, _Both], language: int) -> None:
        texts = {name: both[language] for name, both in told.items()}
        super().__init__({name: _LEFT if one is None else one for name, one in texts.items()})

    def __missing__(self, name: str) -> str:
        return _LEFT


def _told(alarm: Alarm, event: Event, level: Level, *, place: Names) -> dict[str, _Both]:
    at = timezone.localtime(alarm.raised_at)
    english = f"{at:%H:%M} on {at.day} {_MONTHS[at.month - 1]}"

    def number(value: float | None) -> _Both:
        text = None if value is None else f"{value:.{decimals(alarm.unit)}f}"
        return text, text

    return {
        "at": (f"{at.month}月{at.day}日{at:%H:%M}", english),
        "place": (place.zh, place.en),
        "object": object_names(alarm),
        "quantity": _what(alarm),
        "value": number(alarm.value),
        "limit": number(alarm.limit),
        "unit": (sign_of(alarm.unit), sign_of(alarm.unit)),
        "event": (event.title.zh, event.title.en),
        "level": (level.chinese, ENGLISH[level]),
    }


def _has_amount(alarm: Alarm) -> bool:
    spec = quantity(alarm.quantity)
    is_state = spec is not None and spec.states and tells_quantity(alarm)
    return alarm.value is not None and alarm.limit is not None and not is_state


def _what(alarm: Alarm) -> _Both:
    """What the value is, in both languages: what the rule makes of a quantity, or the quantity."""
    spec, ruled = quantity(alarm.quantity), rule_words(alarm.rule)
    if ruled and ruled.zh and not (tells_quantity(alarm) and _has_amount(alarm)):
        return ruled.zh, ruled.en
    return (spec.title.zh, spec.title.en) if spec else (None, None)


_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December")  # fmt: skip


def object_names(alarm: Alarm) -> tuple[str, str]:
    """What the object is called in both languages; by the alarm where the atlas has no English."""
    rows = ObservedObject.objects.standing().filter(key=alarm.object_key)
    english = rows.values_list("name_en", flat=True).first()
    return alarm.object_name, english or alarm.object_name


def region_names(code: str) -> Names:
    """What a region is called; its code where nobody knows."""
    row = Region.objects.standing().filter(key=code).first()
    return Names(row.name, row.name_en or row.name) if row else Names(code, code)


def area_of(alarm: Alarm, buffer_m: float) -> BaseGeometry | None:
    """The border of the object's region, or a circle round the object; None where neither is known.

    buffer_m: 0 for no circle, which would point at its middle. Of the region itself only: a border
    further up would warn people who are safe.
    """
    border = border_of(alarm.region)
    if border is not None:
        return border
    if alarm.lon is None or alarm.lat is None or not buffer_m:
        return None
    return circle(alarm.lon, alarm.lat, buffer_m)


def border_of(region: str) -> BaseGeometry | None:
    """The border of a place; None where nobody knows it."""
    row = Region.objects.standing().filter(key=region).exclude(shape=None).first()
    is_land = row is not None and row.shape.geom_type in ("Polygon", "MultiPolygon")
    return row.shape if row is not None and is_land else None


def circle(lon: float, lat: float, metres: float) -> BaseGeometry:
    """A circle on the ground as a polygon of 64 corners."""
    west, south, _east, _north = box_around(lon, lat, metres)
    one = shapely.Point(0, 0).buffer(1, quad_segs=16)
    return shapely.transform(one, lambda xy: xy * [lon - west, lat - south] + [lon, lat])
