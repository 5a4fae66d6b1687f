"""A message as people will read it: from its own bytes, or from what is being written."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from anlan.apps.people.models import Organisation
from anlan.apps.warning.models import Message, Warning
from anlan.apps.warning.queries.writing.wording import MARKS, Envelope, Office, cap_of, sent_text
from anlan.cap.message import Alert, Info
from anlan.cap.read import read
from anlan.terms.levels import Level

_SHAPES = ("○", "●", "■", "▲", "◆")
_AREAS = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, slots=True)
class Said:
    """A message for readers. word, shape: of the level's sign · sent: None before it is issued."""

    kind: str
    status: str
    level: int
    word: str
    shape: str
    mark: str
    sent: datetime | None
    texts: list[dict[str, Any]]


def to_be_said(warning: Warning, organisations: Iterable[str], at: datetime) -> Said:
    """What is being written, as it would be sent now."""
    drawn = warning.shape
    if drawn is not None and drawn.geom_type not in _AREAS:
        warning = copy(warning)
        warning.shape = None
    keys = list(organisations)
    rows = {one.key: one for one in Organisation.objects.filter(key__in=keys)}
    offices = [Office(rows[k].name, rows[k].name_en or rows[k].name) for k in keys if k in rows]
    cap = cap_of(warning, Envelope("", "", sent_text(at), ""), offices)
    return _said(cap, warning.level, None)


def was_said(message: Message) -> Said:
    """What was sent, read from its bytes."""
    return _said(read(message.xml), message.content["level"], message.issued_at)


def _said(cap: Alert, level: int, sent: datetime | None) -> Said:
    return Said(
        kind=cap.msg_type,
        status=cap.status,
        level=level,
        word=Level(level).word or "none",
        shape=_SHAPES[level],
        mark=MARKS[cap.status]["zh"],
        sent=sent,
        texts=[_text(info) for info in cap.info],
    )


def _text(info: Info) -> dict[str, Any]:
    """One language; its labels are in that language too."""
    times = {name: _moment(getattr(info, name)) for name in ("onset", "effective", "expires")}
    return times | {
        "language": "en" if (info.language or "").startswith("en") else "zh-hans",
        "event": info.event,
        "headline": info.headline,
        "description": info.description,
        "instruction": info.instruction,
        "area": "、".join(one.area_desc for one in info.area),
        "contact": info.contact,
        "sender": info.sender_name,
    }


def _moment(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None
