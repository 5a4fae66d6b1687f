"""What a message from outside says, as lists and drafts need it."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from anlan.apps.warning.models.incoming import IncomingMessage
from anlan.cap.message import Alert, Area, Info, moment_of
from anlan.cap.national.colours import level_of_severity
from anlan.cap.national.events import event_named, event_of
from anlan.cap.national.read import read as read_national
from anlan.cap.national.regions import read_region
from anlan.cap.read import alert_of
from anlan.cap.xml.document import parse
from anlan.terms.errors import Malformed
from anlan.terms.levels import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """zh, en: the info in that language, None where there is none · code: of the national table, or
    empty · level: the gravest, 0 where none is named · regions: cut to their level."""

    zh: Info | None
    en: Info | None
    office: str
    code: str
    event_zh: str
    event_en: str
    headline_zh: str
    headline_en: str
    level: int
    area: str
    areas: tuple[Area, ...]
    regions: frozenset[str]
    onset_at: datetime | None
    ends_at: datetime | None


def frozen_in(message: IncomingMessage) -> Alert:
    """The message as a value, from its own bytes."""
    if message.is_national:
        return read_national(message.xml).alert
    return alert_of(parse(message.xml))


def told_in(said: Alert) -> Told:
    """What a message says, in both languages where it has them."""
    infos = said.info
    zh = next((one for one in infos if _is_chinese(one)), None)
    en = next(
        (one for one in infos if one.spoken.casefold().startswith("en") and one is not zh), None
    )
    first = zh or en or (infos[0] if infos else None)
    other = en or (None if zh else first)
    areas = first.area if first else ()
    code = _code(infos)
    known = event_of(code) if code else None
    ends = [at for one in infos if (at := moment_of(one.expires))]
    begins = [at for one in infos if (at := moment_of(one.onset) or moment_of(one.effective))]
    return Told(
        zh=zh, en=other,
        office=(first.sender_name or "").strip() if first else "",
        code=code,
        event_zh=known.name if known else (zh.event.strip() if zh else ""),
        event_en=other.event.strip() if other else "",
        headline_zh=_headline(zh), headline_en=_headline(en or (None if zh else first)),
        level=max((_level(one) for one in infos), default=0),
        area="、".join(dict.fromkeys(one.area_desc.strip() for one in areas)),
        areas=tuple(areas),
        regions=frozenset(_regions(infos)),
        onset_at=min(begins, default=None), ends_at=max(ends, default=None),
    )  # fmt: skip


def _is_chinese(info: Info) -> bool:
    """By what it says of itself; where it says nothing, by its letters."""
    if (info.language or "").strip():
        return info.spoken.casefold().startswith("zh")
    return any("\u4e00" <= letter <= "\u9fff" for letter in info.event + (info.headline or ""))


def _headline(info: Info | None) -> str:
    return "" if info is None else (info.headline or info.event).strip()


def _level(info: Info) -> int:
    try:
        return int(level_of_severity(info.severity))
    except Malformed:
        return int(Level.NONE)


def _code(infos: tuple[Info, ...]) -> str:
    """The national code of the event: as it is written, else by its name."""
    for info in infos:
        for pair in info.event_code:
            if event_of(pair.value) is not None:
                return pair.value.strip().upper()
    named = (event_named(info.event) for info in infos)
    return next((one.code for one in named if one is not None), "")


def _regions(infos: tuple[Info, ...]) -> Iterator[str]:
    for info in infos:
        for area in info.area:
            for pair in area.geocode:
                with suppress(Malformed):
                    yield read_region(pair.value)
