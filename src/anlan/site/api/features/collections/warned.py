"""The collection of the warnings in force, as they were sent: read from the messages' own bytes."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import shapely
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from anlan.apps.atlas.models import Region
from anlan.apps.portal.queries.sent import Sent
from anlan.apps.warning.acts import SEE
from anlan.apps.warning.models import Message, Warning
from anlan.apps.warning.queries.reach import messages
from anlan.cap.message import Info, moment_of
from anlan.cap.read import read
from anlan.desk.asker import Asker
from anlan.site.api.features.collections.alarms import LEVELS
from anlan.site.api.features.collections.collection import Few
from anlan.site.api.features.collections.field import Field
from anlan.terms.errors import Malformed

_log = logging.getLogger("anlan.site")


@dataclass(frozen=True)
class Out:
    """A warning that people are warned by, as its last message has it."""

    row: Message
    sent: Sent

    @property
    def pk(self) -> int:
        """Of the message."""
        return self.row.pk

    @property
    def begins(self) -> datetime | None:
        """From when it holds."""
        info = self.sent.message.info[0]
        return moment_of(info.onset or info.effective) or self.sent.sent_at

    @property
    def ends(self) -> datetime | None:
        """When it expires."""
        return self.sent.expires_at

    @cached_property
    def said(self) -> Info:
        """What it says to the reader."""
        return self.sent.said((get_language() or "zh")[:2])


def _in_force(asker: Asker) -> QuerySet[Any]:
    """The last message of each warning in force."""
    later = Message.objects.filter(warning=OuterRef("warning"), order__gt=OuterRef("order"))
    found = messages(asker).filter(warning__standing__in=Warning.IN_FORCE)
    return found.filter(~Exists(later))


def _read(rows: Sequence[Message]) -> list[Out]:
    found = []
    for row in rows:
        try:
            found.append(Out(row, Sent(row.pk, row.warning.key, read(row.xml))))
        except Malformed as error:
            _log.error("message %s cannot be read and is not shown: %s", row.identifier, error)
    return found


class Warned(Few):
    """Warnings, whose rows are messages."""

    def key_of(self, row: Any) -> str:
        return str(row.sent.warning)

    def keyed(self, key: str) -> Q:
        return Q(warning__key=key)

    def taken(self, rows: Sequence[Any]) -> Sequence[Any]:
        return _read(rows)

    def shapes(self, rows: Sequence[Any]) -> Sequence[Any]:
        """The area drawn; the borders of the places named where none is."""
        codes = {code for row in rows if row.sent.shape is None for code in row.sent.regions}
        borders = Region.objects.standing().filter(key__in=codes, shape_w__isnull=False)
        known = dict(borders.values_list("key", "shape"))
        return [row.sent.shape or _union(known, row.sent.regions) for row in rows]


def _union(known: dict[str, Any], codes: Sequence[str]) -> Any:
    parts = [known[code] for code in codes if code in known]
    return shapely.union_all(parts) if parts else None


def _said(name: str, title: Any) -> Field:
    return Field(name=name, title=title, of=lambda row: getattr(row.said, name) or "")


WARNINGS = Warned(
    key="warnings", title=_("Warnings in force"),
    about=_("Warnings that people are warned by now, as they were sent."),
    act=SEE, rows=_in_force, known=lambda asker: _read(list(_in_force(asker))), order=("pk",),
    times=("begins", "ends"),
    fields=(
        Field(name="key", title=_("Key"), column="key", of=lambda row: row.sent.warning),
        Field(name="level", title=_("Level"), column="level", words={one: one for one in LEVELS},
              of=lambda row: row.sent.level.word),
        Field(name="status", title=_("Status"), column="status", of=lambda row: row.row.status),
        Field(name="identifier", title=_("Identifier"), column="identifier",
              of=lambda row: row.sent.message.identifier),
        Field(name="sender", title=_("Sender"), of=lambda row: row.sent.message.sender),
        _said("event", _("Event")), _said("headline", _("Headline")),
        _said("description", _("Description")), _said("instruction", _("What to do")),
        Field(name="regions", title=_("Regions"), kind="array", of=lambda row: row.sent.regions),
        Field(name="issued_at", title=_("Issued"), kind="date-time", column="issued_at",
              of=lambda row: row.row.issued_at),
        Field(name="begins", title=_("Begins"), kind="date-time", column="begins"),
        Field(name="ends", title=_("Ends"), kind="date-time", column="ends"),
    ),
)  # fmt: skip
