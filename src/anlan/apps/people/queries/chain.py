"""The audit chain: its lines, and whether it is whole."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date
from typing import NamedTuple

from django.db.models import QuerySet

from anlan.apps.people.acts import SEE_AUDIT
from anlan.apps.people.asker import Somebody
from anlan.apps.people.models import AuditLine
from anlan.apps.people.queries.reach import within

NOTE = "audit "
"""What a note of the chain's head in the ordered log begins with."""


class Noted(NamedTuple):
    """A head of the chain that stands in the ordered log."""

    number: int
    digest: str


def digest_of(line: AuditLine, before: str, number: int | None = None) -> str:
    """SHA-256 over the line's fields and the digest of the line before it, in hex."""
    fields = [before, line.number if number is None else number,
              line.at.astimezone(UTC).isoformat(), line.who, line.act, line.target, line.region,
              line.detail]  # fmt: skip
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def lines(asker: Somebody) -> QuerySet[AuditLine]:
    """The lines of the asker's jurisdiction, the newest first."""
    return AuditLine.objects.filter(within(asker.scope_for(SEE_AUDIT), "region", ""))


def noted_text(noted: Noted) -> str:
    """A head as a note of the ordered log."""
    return f"{NOTE}{noted.number} {noted.digest}"


def noted_in(texts: Iterable[str]) -> list[Noted]:
    """The heads among the notes of the ordered log, in order; other notes are passed over."""
    found = []
    for text in texts:
        number, _, digest = text.removeprefix(NOTE).partition(" ")
        if text.startswith(NOTE) and number.isdigit():
            found.append(Noted(int(number), digest))
    return found


def filtered(found: QuerySet[AuditLine], asked: Mapping[str, str]) -> QuerySet[AuditLine]:
    """Of some lines, those asked for; asked: who, act, target, from, to (dates). Wrong ones count
    for nothing."""
    for name in ("who", "act", "target"):
        if asked.get(name):
            found = found.filter(**{f"{name}__icontains": asked[name].strip()[:64]})
    for name, condition in (("from", "at__date__gte"), ("to", "at__date__lte")):
        try:
            found = found.filter(**{condition: date.fromisoformat(asked.get(name, ""))})
        except ValueError:
            continue
    return found
