"""Limits are lowered while an official warning stands, and no longer than that.

One person on duty confirms it: a lowered limit only tells earlier, and ends by itself. What lasts,
or tells later, is proposed and approved by two, like every other limit.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from anlan.apps.atlas.actions.lowering import as_terms, lay_lowered
from anlan.apps.atlas.models import Lowering
from anlan.apps.people.actions import deed
from anlan.apps.people.asker import Machine
from anlan.apps.warning.acts import LOWER, NOT_LOWER, RAISE
from anlan.apps.warning.models.incoming import Incoming
from anlan.apps.warning.queries.incoming.bearing import (
    CAUSE,
    Asked,
    asked_of,
    borne_by,
    decided,
    lowerings_of,
)
from anlan.apps.warning.queries.incoming.listing import incoming_for, messages_of
from anlan.desk.asker import Asker
from anlan.packs.warning.lowering import LOWERED
from anlan.terms.errors import AnlanError, Refused
from anlan.terms.places import above_all

_STATES = Lowering.State
_LONGEST = 200


def lower(asker: Asker, key: str, pack: str) -> Lowering:
    """Lowers the limits that a pack names, where the asker is in charge of what is warned of.

    Refused where that is decided already, or the warning holds no more; Http404 where the asker
    sees no such warning.
    """
    one, asked = _asked(asker, key, pack)
    with deed(asker, LOWER, f"incoming/{one.key}", region=above_all(asked.regions)) as detail:
        one, asked = _still_asked(asker, one, pack)
        row = _row(one, asked, asker.now)
        row.by, row.name = asker.key, asker.name
        row.save(force_insert=True)
        _end_covered(row, asker.now)
        detail |= {"lowering": row.key, "pack": pack, "level": row.level, "terms": row.terms}
    _lay(asker.now)
    return row


def leave(asker: Asker, key: str, pack: str, *, reason: str) -> Lowering:
    """Leaves the limits as they are under a warning, and says why."""
    if not reason.strip():
        raise Refused(_("Say why the limits are left as they are."))
    one, asked = _asked(asker, key, pack)
    with deed(asker, NOT_LOWER, f"incoming/{one.key}", region=above_all(asked.regions)) as detail:
        one, asked = _still_asked(asker, one, pack)
        row = _row(one, asked, asker.now)
        row.state, row.is_over = _STATES.REFUSED, True
        row.by, row.name, row.reason = asker.key, asker.name, reason.strip()[:_LONGEST]
        row.save(force_insert=True)
        detail |= {"lowering": row.key, "pack": pack, "level": row.level}
    return row


def end(asker: Asker, key: str, lowering: str, *, reason: str) -> None:
    """Ends a lowering before its warning ends, and says why.

    Refused where it has ended, or reaches beyond what the asker is in charge of.
    """
    one = incoming_for(asker, key)
    row = next((row for row in lowerings_of(asker, one) if row.key == lowering), None)
    if row is None or not row.holds(asker.now):
        raise Refused(_("These limits are no longer lowered."))
    if not all(asker.may(LOWER, code) for code in row.regions):
        raise Refused(_("This reaches beyond what you are in charge of."))
    if not reason.strip():
        raise Refused(_("Say why the limits are raised again."))
    with deed(asker, RAISE, f"incoming/{one.key}", region=row.region) as detail:
        _end(row, asker.now, by=asker.name, reason=reason.strip()[:_LONGEST])
        detail |= {"lowering": row.key}
    _lay(asker.now)


def _asked(asker: Asker, key: str, pack: str) -> tuple[Incoming, Asked]:
    one = incoming_for(asker, key)
    found = next((each for each in asked_of(asker, one) if each.pack == pack), None)
    if found is None:
        raise Refused(_("Nothing is to be decided here: somebody did, or the warning is over."))
    return one, found


def _still_asked(asker: Asker, one: Incoming, pack: str) -> tuple[Incoming, Asked]:
    """The same while nobody else decides on that warning."""
    Incoming.objects.select_for_update().get(pk=one.pk)
    return _asked(asker, one.key, pack)


def _row(one: Incoming, asked: Asked, now: datetime) -> Lowering:
    said = messages_of(one)[-1]
    return Lowering(
        cause=f"{CAUSE}{one.key}", source=f"{LOWERED}{said.identifier}"[:256], pack=asked.pack,
        level=one.level, terms=as_terms(asked.bearing.lower), regions=list(asked.regions),
        region=above_all(asked.regions), since=now, until=one.ends_at or now,
    )  # fmt: skip


def _end_covered(row: Lowering, now: datetime) -> None:
    """What was lowered before under the same warning, and is now lowered otherwise, ends."""
    before = Lowering.objects.filter(cause=row.cause, pack=row.pack, state=_STATES.STANDS)
    for old in before.exclude(pk=row.pk):
        if all(any(code.startswith(new) for new in row.regions) for code in old.regions):
            _end(old, now)


def _end(row: Lowering, now: datetime, *, by: str = "", reason: str = "") -> None:
    row.state, row.ended_at, row.ended_by, row.reason = _STATES.ENDED, now, by, reason
    row.is_laid = False
    row.save(update_fields=["state", "ended_at", "ended_by", "reason", "is_laid"])


def _lay(now: datetime) -> None:
    """At once, where that goes; else the work process does it a moment later."""
    try:
        lay_lowered(now)
    except AnlanError:
        return


def keep_lowering(now: datetime) -> int:
    """Lets lowerings follow their warnings, begins those that ask nobody, and lays them; how many
    sensors were concerned."""
    for row in Lowering.objects.filter(state=_STATES.STANDS, cause__startswith=CAUSE):
        _follow(row, now)
    held = Incoming.objects.filter(joined=None, status="Actual", is_lifted=False, ends_at__gt=now)
    for one in held.exclude(code=""):
        _begin(one, now)
    return lay_lowered(now)


def _follow(row: Lowering, now: datetime) -> None:
    """Ends with its warning, or when the pack says nothing of the level that it has by now."""
    one = Incoming.objects.get(key=row.cause.removeprefix(CAUSE))
    while one.joined is not None:
        one = one.joined
    says = any(borne.pack == row.pack and borne.bearing.lower for borne in borne_by(one))
    if not one.stands(now) or not says:
        with deed(Machine("anlan", now), RAISE, f"incoming/{one.key}", region=row.region) as detail:
            _end(row, now)
            detail |= {"lowering": row.key}
    elif one.ends_at is not None and (one.ends_at != row.until or row.cause != f"{CAUSE}{one.key}"):
        row.until, row.cause, row.is_laid = one.ends_at, f"{CAUSE}{one.key}", False
        row.save(update_fields=["until", "cause", "is_laid"])


def _begin(one: Incoming, now: datetime) -> None:
    """What the pack calls automatic is lowered wherever the warning holds."""
    for pack, bearing in borne_by(one):
        if not bearing.is_automatic or not one.regions:
            continue
        regions = tuple(one.regions)
        known = decided(one).filter(pack=pack, level=one.level)
        void = known.filter(ended_by="", state=_STATES.ENDED)
        if known.exclude(pk__in=void).exists():
            continue
        asked = Asked(one=one, pack=pack, bearing=bearing, regions=regions)
        with deed(Machine("anlan", now), LOWER, f"incoming/{one.key}",
                  region=above_all(regions)) as detail:  # fmt: skip
            row = _row(one, asked, now)
            row.save(force_insert=True)
            _end_covered(row, now)
            detail |= {"lowering": row.key, "pack": pack, "level": row.level, "terms": row.terms}
