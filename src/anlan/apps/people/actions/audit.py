"""The audit line of a write, in the same transaction."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from anlan.apps.people.models import AuditHead, AuditLine
from anlan.desk.asker import Asker


@contextmanager
def deed(asker: Asker, act: str, target: str, *, region: str = "") -> Iterator[dict[str, Any]]:
    """One write: a transaction that ends with its audit line, or leaves nothing at all.

    Gives the detail of the line, to be filled with keys and words of states, never with names or
    phones: `with deed(asker, "watch.acknowledge", alarm.key, region=alarm.region) as detail:`.
    """
    detail: dict[str, Any] = {}
    with transaction.atomic():
        yield detail
        _write(AuditLine(at=asker.now, who=asker.key, act=act, target=target, region=region,
                         detail=detail))  # fmt: skip


def _write(line: AuditLine) -> None:
    """Hangs a line on the chain; writers stand in a row at the head."""
    AuditHead.objects.get_or_create(pk=1)
    head = AuditHead.objects.select_for_update().get(pk=1)
    line.number = head.number + 1
    line.digest = digest_of(line, head.digest)
    line.save(force_insert=True)
    head.number, head.digest = line.number, line.digest
    head.save(update_fields=["number", "digest"])


def digest_of(line: AuditLine, before: str) -> str:
    """SHA-256 over the line's fields and the digest of the line before it, in hex."""
    fields = [before, line.number, line.at.isoformat(), line.who, line.act, line.target,
              line.region, line.detail]  # fmt: skip
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
