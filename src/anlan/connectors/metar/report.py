"""What a report says: read by the library metar, told as numbers in our units and as words."""

import re
import warnings
from collections.abc import Callable
from typing import Any

from metar.Metar import Metar

from anlan.connectors.metar.words import sky_words, weather_words
from anlan.terms.errors import Malformed

_HEAD = re.compile(
    r"(?:(METAR|SPECI) +)?(?:COR +)?([A-Z][A-Z0-9]{3}) +"
    r"([0-9]{2})([0-9]{2})([0-9]{2})Z?(?: +(.*))?",
    re.DOTALL,
)
_MOST_GROUP = 200
"""The library's time grows with the square of a group's length, and more."""
_A_LONG_MONTH = {"month": 1, "year": 2000}
"""A report tells no month; the library would take that of its own clock."""


def report_of(text: str) -> dict[str, Any]:
    """Its values by name, None for what it does not say; Malformed for what is no report."""
    found = _HEAD.fullmatch(text)
    if found is None:
        raise Malformed("not this protocol: no station and time begin it")
    kind, station, day, hour, minute, rest = found.groups()
    if not (1 <= int(day) <= 31 and int(hour) <= 23 and int(minute) <= 59):
        raise Malformed(f"not this protocol: {day}{hour}{minute} is no time")
    if not (rest or "").strip():
        raise Malformed("cut short: nothing stands behind the time")
    if max(map(len, text.split())) > _MOST_GROUP:
        raise Malformed(f"not this protocol: a group of more than {_MOST_GROUP} characters")
    head: dict[str, Any] = {
        "type": kind or "METAR", "station": station, "day": int(day), "hour": int(hour),
        "minute": int(minute),
    }  # fmt: skip
    groups = text.split()[:5]
    head["modifier"] = next((one for one in ("NIL", "AUTO", "COR") if one in groups), None)
    return {**head, **_body(_read(text)), "text": text}


def _read(text: str) -> Metar:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it could not read it lists
            return Metar(text, strict=False, **_A_LONG_MONTH)
    except Exception as error:
        raise Malformed(f"not this protocol: it cannot be read ({error})") from error


def _body(found: Metar) -> dict[str, Any]:
    return {
        **_wind(found), **_visibility(found), **_weather(found), **_air(found),
        "recent": _told(found.recent_weather), "trend": _told(found.trend) or None,
        "remarks": _told(found.remarks) or None,
        "runways": _told(found.runway_visual_range) or None,
        "unread": " ".join(found._unparsed_groups) or None,
    }  # fmt: skip


def _told(words: Callable[[], str]) -> str | None:
    """The library's words; None where it knows none for a code."""
    try:
        return words()
    except (KeyError, AttributeError, IndexError):
        return None


def _wind(found: Metar) -> dict[str, Any]:
    return {
        "wind": _told(found.wind),
        "wind_direction": _value(found.wind_dir),
        "wind_speed": _value(found.wind_speed, "MPS"),
        "wind_gust": _value(found.wind_gust, "MPS"),
        "wind_from": _value(found.wind_dir_from),
        "wind_to": _value(found.wind_dir_to),
    }


def _visibility(found: Metar) -> dict[str, Any]:
    return {"vis": _told(found.visibility), "visibility_m": _value(found.vis, "M", places=0)}


def _weather(found: Metar) -> dict[str, Any]:
    return {
        "weather": _told(found.present_weather),
        "weather_word": weather_words(found.weather),
        "sky": _told(found.sky_conditions),
        "sky_word": sky_words(found.sky),
        "cloud_base_m": _cloud_base(found),
    }


def _cloud_base(found: Metar) -> float | None:
    """Of the lowest layer that covers more than half, or how far one sees upwards."""
    bases = [
        height.value("M")
        for cover, height, _ in found.sky
        if cover in ("BKN", "OVC", "VV") and height is not None
    ]
    return round(min(bases)) if bases else None


def _air(found: Metar) -> dict[str, Any]:
    return {
        "temp_C": _value(found.temp, "C"),
        "dew_C": _value(found.dewpt, "C"),
        "press_hPa": _value(found.press, "HPA"),
        "sea_level_hPa": _value(found.press_sea_level, "HPA"),
    }


def _value(quantity: Any, *unit: str, places: int = 1) -> float | None:
    return None if quantity is None else round(float(quantity.value(*unit)), places)
