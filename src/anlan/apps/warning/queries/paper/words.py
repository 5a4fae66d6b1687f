"""What a sheet says: the message's own words, and the names of its parts in the same language."""

import io
from typing import Any

import segno
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from anlan.apps.warning.queries.paper.sketch import Sketch, sketch
from anlan.cap.message import Alert, Info, moment_of
from anlan.cap.national.colours import level_of_severity
from anlan.terms.errors import Malformed
from anlan.terms.levels import Level

LANGUAGES = {"zh": "zh-hans", "en": "en"}
"""The languages of sheets, with Django's word for each."""
_SIGNS = {
    Level.NONE: ("ring", "#e4e4e4", "#1a1a1a"),
    Level.BLUE: ("circle", "#0b5fb4", "#ffffff"),
    Level.YELLOW: ("square", "#ffd500", "#1a1a1a"),
    Level.ORANGE: ("triangle", "#ff8c1a", "#1a1a1a"),
    Level.RED: ("diamond", "#b3141b", "#ffffff"),
}
"""Shape, colour, and ink upon it; the shapes are those of the pages."""
_LEVELS = {
    "zh": {1: "蓝色", 2: "黄色", 3: "橙色", 4: "红色"},
    "en": {1: "BLUE", 2: "YELLOW", 3: "ORANGE", 4: "RED"},
}

_LIFTED = {"zh": "解除", "en": "LIFTED"}


def info_in(message: Alert, language: str) -> Info | None:
    """The part of a message that speaks a language; None where there is none."""
    found = (one for one in message.info if one.spoken[:2].casefold() == language)
    return next(found, None)


def words_of(message: Alert, language: str, *, address: str = "") -> dict[str, Any]:
    """All that the form asks for; KeyError where the message does not speak the language."""
    info = info_in(message, language)
    if info is None:
        raise KeyError(language)
    with override(LANGUAGES[language]):
        level = _level_of(message, info)
        shape, colour, ink = _SIGNS[level]
        headline = info.headline or info.event
        return {
            "language": language,
            "country": "cn" if language == "zh" else "us",
            "title": headline, "headline": headline, "author": info.sender_name or message.sender,
            "banner": _banner(message.status), "kind": _kind(message),
            "sign": {"shape": shape, "colour": colour, "ink": ink,
                     "words": _sign_words(message, level)},
            "parts": _parts(info), "map": _map(sketch(info.area, colour)),
            "facts": _facts(message, info), "link": _link(address),
            "issuers": (info.sender_name or message.sender).replace(", ", "、").split("、"),
            "date": _day(message.sent, language), "seal": _("(seal)"),
        }  # fmt: skip


def _level_of(message: Alert, info: Info) -> Level:
    """How grave it is; none for what is lifted."""
    if message.msg_type == "Cancel":
        return Level.NONE
    try:
        return level_of_severity(info.severity)
    except Malformed:
        return Level.NONE


def _sign_words(message: Alert, level: Level) -> list[dict[str, str]]:
    """The sign in both languages: the level and the event."""
    found = []
    for language in LANGUAGES:
        info = info_in(message, language)
        lifted = message.msg_type == "Cancel"
        word = _LIFTED[language] if lifted else _LEVELS[language].get(int(level), "")
        said = [word, info.event] if info else [word]
        found += [{"language": language, "text": text} for text in said if text]
    return found


def _banner(status: str) -> str:
    return {
        "Exercise": "【演练】 演练用，并非真实预警 · EXERCISE, NOT A REAL WARNING",
        "Test": "【测试】 测试用，并非真实预警 · TEST, NOT A REAL WARNING",
    }.get(status, "" if status == "Actual" else f"【{status}】")


def _kind(message: Alert) -> str:
    words = {"Update": _("Takes the place of what was said before"),
             "Cancel": _("Lifts what was said before")}  # fmt: skip
    return words.get(message.msg_type, "")


def _parts(info: Info) -> dict[str, Any]:
    areas = [one.area_desc for one in info.area]
    return {
        "what": {"name": _("What is expected"), "texts": _lines(info.description)},
        "do": {"name": _("What people should do"), "texts": _lines(info.instruction)},
        "area": {"name": _("Area warned"), "texts": ["、".join(areas)] if areas else []},
    }


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def _map(drawn: Sketch) -> dict[str, str]:
    if not drawn.svg:
        return {"svg": "", "alt": "", "words": ""}
    across = f"{drawn.across_km:.1f}"
    words = _("Sketch of the area, north up, about %(km)s km across; "
              "%(south).2f° to %(north).2f° N, %(west).2f° to %(east).2f° E")  # fmt: skip
    told = words % {"km": across, "south": drawn.south, "north": drawn.north,
                    "west": drawn.west, "east": drawn.east}  # fmt: skip
    return {"svg": drawn.svg, "alt": told, "words": told}


def _facts(message: Alert, info: Info) -> list[dict[str, str]]:
    told = {
        _("Issued at"): _clock(message.sent),
        _("Holds from"): _clock(info.effective),
        _("Expected from"): _clock(info.onset),
        _("Holds until"): _clock(info.expires),
        _("Issued by"): info.sender_name,
        _("Questions"): info.contact,
    }
    return [{"name": name, "value": value} for name, value in told.items() if value]


def _clock(text: str | None) -> str:
    moment = moment_of(text)
    if moment is None:
        return ""
    here = timezone.localtime(moment)
    offset = f"{here:%z}"
    return f"{here:%Y-%m-%d %H:%M} (UTC{offset[:3]}:{offset[3:]})"


def _day(text: str, language: str) -> str:
    moment = moment_of(text)
    if moment is None:
        return text
    here = timezone.localtime(moment)
    zh = f"{here.year}年{here.month}月{here.day}日"
    return zh if language == "zh" else f"{here.day} {here:%B %Y}"


def _link(address: str) -> dict[str, str]:
    if not address:
        return {"svg": "", "address": "", "words": ""}
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", xmldecl=False, light="#ffffff")
    return {"svg": drawn.getvalue().decode(), "address": address,
            "words": _("The page of this warning for the public, as it stands now")}  # fmt: skip
