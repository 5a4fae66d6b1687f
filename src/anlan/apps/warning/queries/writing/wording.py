"""The words of a warning: marks of drills, headlines, and the CAP message that they make."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from anlan.apps.warning.models import Warning
from anlan.cap.message import Alert, Area, Info, Pair, Resource
from anlan.terms.levels import Level

MARKS = {
    "Actual": {"zh": "", "en": ""},
    "Exercise": {"zh": "【演练】", "en": "【演练】EXERCISE: "},
    "Test": {"zh": "【测试】", "en": "【测试】TEST: "},
}
"""What stands before every text of a message, by its status; put there when the bytes are made."""

_GRAVE = {
    Level.BLUE: "Minor",
    Level.YELLOW: "Moderate",
    Level.ORANGE: "Severe",
    Level.RED: "Extreme",
}
"""CAP's words; blue is seen in the country's own feed, the others follow from their order."""

ENGLISH = {Level.BLUE: "blue", Level.YELLOW: "yellow", Level.ORANGE: "orange", Level.RED: "red"}
_VERBS = {
    "Alert": ("发布", "issues a"),
    "Update": ("更新", "updates the"),
    "Cancel": ("解除", "lifts the"),
}
_LANGUAGES = {"zh": "zh-CN", "en": "en-US"}


def marked(text: str, status: str, language: str) -> str:
    """A text with the mark of its status; an empty one stays empty."""
    return MARKS[status][language] + text if text else ""


def headlines(warning: Warning, office: str, office_en: str) -> tuple[str, str]:
    """The headline in both languages: who does what with which warning."""
    level = Level(warning.level)
    verb, verb_en = _VERBS[warning.kind]
    if (verb_en, level) == ("issues a", Level.ORANGE):
        verb_en = "issues an"
    return (
        f"{office}{verb}{warning.event_zh}{level.chinese}预警",
        f"{office_en} {verb_en} {ENGLISH[level]} warning: {warning.event_en}",
    )


class Envelope(NamedTuple):
    """What a message is called, and by whom and when it is sent."""

    identifier: str
    sender: str
    sent: str
    references: str


@dataclass(frozen=True, slots=True)
class Office:
    """A department as a message names it."""

    name: str
    name_en: str


def sent_text(moment: datetime) -> str:
    """A time as CAP writes it: of this place, to the second, with its zone."""
    return timezone.localtime(moment).replace(microsecond=0).isoformat()


def cap_of(
    warning: Warning, envelope: Envelope, offices: Iterable[Office],
    sounds: Mapping[str, Resource] | None = None,
) -> Alert:  # fmt: skip
    """The CAP message that a warning makes; without English where there is none.

    sounds: the recording that says it, by language.
    """
    signed = list(offices)
    languages = ["zh", *(["en"] if warning.headline_en and warning.description_en else [])]
    mark = MARKS[warning.status]["zh"]
    infos = (_info(warning, envelope, language, signed) for language in languages)
    heard = (replace(info, resource=(sounds[language],)) if sounds and language in sounds else info
             for language, info in zip(languages, infos, strict=True))  # fmt: skip
    return Alert(
        identifier=envelope.identifier,
        sender=envelope.sender,
        sent=envelope.sent,
        status=warning.status,
        msg_type=warning.kind,
        scope="Public",
        note=mark or None,
        references=envelope.references or None,
        info=tuple(heard),
    )


def _info(warning: Warning, envelope: Envelope, language: str, offices: list[Office]) -> Info:
    def said(name: str) -> str:
        text: str = getattr(warning, f"{name}_{language}")
        return marked(text.strip(), warning.status, language)

    parts = [getattr(warning, f"{name}_{language}").strip() for name in ("caution", "measures")]
    instruction = "\n".join(part for part in parts if part)
    names = [office.name if language == "zh" else office.name_en for office in offices]
    start = sent_text(warning.effective) if warning.effective else envelope.sent
    return Info(
        language=_LANGUAGES[language],
        category=(warning.category,),
        event=getattr(warning, f"event_{language}") or warning.event_zh,
        urgency=warning.urgency,
        severity=_GRAVE[Level(warning.level)],
        certainty=warning.certainty,
        event_code=(Pair("GB/T 35561", warning.event),),
        effective=start,
        onset=sent_text(warning.onset) if warning.onset else None,
        expires=sent_text(warning.expires) if warning.expires else None,
        sender_name=("、" if language == "zh" else ", ").join(names),
        headline=said("headline"),
        description=said("description"),
        instruction=marked(instruction, warning.status, language) or None,
        contact=warning.contact or None,
        area=(_area(warning, language),),
    )


def _area(warning: Warning, language: str) -> Area:
    shape = warning.shape
    parts = list(getattr(shape, "geoms", [shape])) if shape is not None else []
    return Area(
        area_desc=getattr(warning, f"area_{language}") or warning.area_zh,
        polygon=tuple(_ring(part) for part in parts),
        geocode=tuple(Pair("CPEAS Geographic Code", f"{code:0<12}") for code in warning.regions),
    )


def _ring(polygon: object) -> str:
    """A closed ring as CAP writes it, latitude first."""
    corners = polygon.exterior.coords  # type: ignore[attr-defined]  # a Shapely polygon
    return " ".join(f"{lat:.6f},{lon:.6f}" for lon, lat, *_up in corners)
