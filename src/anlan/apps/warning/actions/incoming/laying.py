"""Rows of limits that are lowered under an official warning: how they begin and end."""

from datetime import datetime

from anlan.apps.atlas.actions.lowering import as_terms
from anlan.apps.atlas.models import Lowering
from anlan.apps.warning.models.incoming import Incoming
from anlan.apps.warning.queries.incoming.asking import Asked
from anlan.apps.warning.queries.incoming.bearing import CAUSE
from anlan.apps.warning.queries.incoming.listing import messages_of
from anlan.packs.warning.lowering import LOWERED
from anlan.terms.places import above_all


def row_of(one: Incoming, asked: Asked, now: datetime) -> Lowering:
    """A lowering of what is asked, not yet kept, from now until the warning ends."""
    said = messages_of(one)[-1]
    return Lowering(
        cause=f"{CAUSE}{one.key}", source=f"{LOWERED}{said.identifier}"[:256], pack=asked.pack,
        level=one.level, terms=as_terms(asked.bearing.lower), regions=list(asked.regions),
        region=above_all(asked.regions), since=now, until=one.ends_at or now,
    )  # fmt: skip


def end_covered(row: Lowering, now: datetime) -> None:
    """What was lowered before under the same warning, and is now lowered otherwise, ends."""
    before = Lowering.objects.filter(cause=row.cause, pack=row.pack, state=Lowering.State.STANDS)
    for old in before.exclude(pk=row.pk):
        if all(any(code.startswith(new) for new in row.regions) for code in old.regions):
            end_row(old, now)


def end_row(row: Lowering, now: datetime, *, by: str = "", reason: str = "") -> None:
    """It ends now; by: who ended it by hand."""
    row.state, row.ended_at, row.ended_by, row.reason = Lowering.State.ENDED, now, by, reason
    row.is_laid = False
    row.save(update_fields=["state", "ended_at", "ended_by", "reason", "is_laid"])


def split_off(row: Lowering, gone: list[str], now: datetime) -> None:
    """What was lowered there ends now as a row of its own, so that its past stays told."""
    kept = ("cause", "source", "pack", "level", "terms", "since", "until", "by", "name")
    Lowering(
        **{name: getattr(row, name) for name in kept}, regions=gone, region=above_all(gone),
        state=Lowering.State.ENDED, ended_at=now,
    ).save(force_insert=True)  # fmt: skip
