"""The audit line of a write, in the same transaction."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC
from typing import Any, Protocol

from django.db import transaction

from anlan.apps.people.models import AuditHead, AuditLine
from anlan.apps.people.queries.chain import Noted, digest_of, noted_text
from anlan.desk.asker import Asker
from anlan.terms.places import COUNTRY


@contextmanager
def deed(asker: Asker, act: str, target: str, *, region: str = "") -> Iterator[dict[str, Any]]:
    """One write: a transaction that ends with its audit line, or leaves nothing at all.

    region: of what is written; the asker's own where it is of no one place.

    Gives the detail of the line, to be filled with keys and words of states, never with names or
    phones: `with deed(asker, "watch.acknowledge", alarm.key, region=alarm.region) as detail:`.
    """
    detail: dict[str, Any] = {}
    with transaction.atomic():
        yield detail
        # As JSON and UTC, so that the digest is the same when the line is read again.
        kept = json.loads(json.dumps(detail))
        if getattr(asker, "program", ""):
            kept["program"] = getattr(asker, "program", "")
        where = region or _own(asker)
        line = AuditLine(at=asker.now.astimezone(UTC), who=asker.key, act=act,
                         target=target[:192], region=where, detail=kept)  # fmt: skip
        _write(line)


def _own(asker: Asker) -> str:
    """The region that somebody is in charge of; empty for the whole country, or none."""
    codes = (grant.region for grant in asker.scope.grants if grant.region != COUNTRY)
    return next(codes, "")


def _write(line: AuditLine) -> None:
    """Hangs a line on the chain; writers stand in a row at the head."""
    AuditHead.objects.get_or_create(pk=1)
    head = AuditHead.objects.select_for_update().get(pk=1)
    line.number = head.number + 1
    line.digest = digest_of(line, head.digest)
    line.save(force_insert=True)
    head.number, head.digest = line.number, line.digest
    head.save(update_fields=["number", "digest"])


def hold_chain() -> None:
    """Stands at the head of the chain until the transaction ends: nobody else writes meanwhile."""
    AuditHead.objects.get_or_create(pk=1)
    AuditHead.objects.select_for_update().get(pk=1)


class Register(Protocol):
    """Where entries of the ordered log can be put, such as `live.reach.Desk`."""

    def enter(self, entries: Sequence[Mapping[str, Any]]) -> int: ...


def note_head(register: Register) -> bool:
    """Puts the chain's head into the ordered log, where it cannot be changed with the records.

    Whether there was a new one; the worker calls this each minute.
    """
    head = AuditHead.objects.filter(pk=1).first()
    if head is None or head.number == head.noted:
        return False
    register.enter([{"type": "note", "text": noted_text(Noted(head.number, head.digest))}])
    AuditHead.objects.filter(pk=1).update(noted=head.number)
    return True
