"""The inbox: what far ends call to tell, kept before they are told that it is.

Any process may put in; the worker takes out, as from a channel that hears.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from anlan.apps.people.models import Word
from anlan.channels import Receipt, State
from anlan.channels.heard import Heard


def put_in(words: Sequence[Heard]) -> None:
    """Keeps words; one that waits already is not kept twice."""
    rows = [
        Word(
            kind=one.kind, key=_clean(one.key, 160), reference=_clean(one.reference, 256),
            state=one.receipt.state.value if one.receipt else "",
            reason=_clean(one.receipt.reason, 512) if one.receipt else "",
            address=_clean(one.address, 128), text=_clean(one.text, 1024),
            heard_at=datetime.fromtimestamp(one.at / 1000, UTC),
        )
        for one in words
    ]  # fmt: skip
    Word.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


class Inbox:
    """What was put in of a kind, as a channel that hears."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    @property
    def name(self) -> str:
        """The kind of address it serves."""
        return self._kind

    def heard(self, most: int) -> Sequence[Heard]:
        """What waits, the oldest first."""
        return [_heard(row) for row in Word.objects.filter(kind=self._kind)[:most]]

    def take(self, keys: Sequence[str]) -> None:
        """These are written down."""
        for start in range(0, len(keys), 500):
            Word.objects.filter(kind=self._kind, key__in=keys[start : start + 500]).delete()


def _heard(row: Word) -> Heard:
    at_ms = round(row.heard_at.timestamp() * 1000)
    receipt = None
    if row.state:
        receipt = Receipt(state=State(row.state), at=at_ms, reference=row.reference,
                          reason=row.reason)  # fmt: skip
    return Heard(key=row.key, kind=row.kind, at=at_ms, reference=row.reference, receipt=receipt,
                 address=row.address, text=row.text)  # fmt: skip


def _clean(text: str, most: int) -> str:
    return text.replace("\0", "")[:most]
