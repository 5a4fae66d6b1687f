"""Limits are lowered while an official warning stands, and no longer than that.

One person on duty confirms it: a lowered limit only tells earlier, and ends by itself. What lasts,
or tells later, is proposed and approved by two, like every other limit.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from anlan.apps.atlas.actions.lowering import lay_lowered
from anlan.apps.atlas.models import Lowering
from anlan.apps.people.actions import deed
from anlan.apps.warning.actions.incoming.laying import end_covered, end_row, row_of
from anlan.apps.warning.acts import LOWER, NOT_LOWER, RAISE
from anlan.apps.warning.models.incoming import Incoming
from anlan.apps.warning.queries.incoming.asking import Asked, Seen, asked_of
from anlan.apps.warning.queries.incoming.bearing import lowerings_of
from anlan.apps.warning.queries.incoming.listing import incoming_for
from anlan.apps.warning.queries.reach import plain
from anlan.desk.asker import Asker
from anlan.desk.templatetags.desk import level_word
from anlan.terms.errors import AnlanError, Refused
from anlan.terms.levels import RAISED_LEVELS
from anlan.terms.places import above_all

_STATES = Lowering.State
_LONGEST = 200


def lower(asker: Asker, key: str, seen: Seen) -> Lowering:
    """Lowers the limits that a pack names, where the asker is in charge of what is warned of.

    Refused where that is decided already, the warning holds no more, or is another than the asker
    saw; Http404 where the asker sees no such warning.
    """
    one, asked = _asked(asker, key, seen)
    with deed(asker, LOWER, f"incoming/{one.key}", region=above_all(asked.regions)) as detail:
        one, asked = _still_asked(asker, one, seen)
        row = row_of(one, asked, asker.now)
        row.by, row.name = asker.key, asker.name
        row.save(force_insert=True)
        end_covered(row, asker.now)
        detail |= {"lowering": row.key, "pack": row.pack, "level": row.level, "terms": row.terms}
    _lay(asker.now)
    return row


def leave(asker: Asker, key: str, seen: Seen, *, reason: str) -> Lowering:
    """Leaves the limits as they are under a warning, and says why."""
    why = _why(reason)
    if not why:
        raise Refused(_("Say why the limits are left as they are."))
    one, asked = _asked(asker, key, seen)
    with deed(asker, NOT_LOWER, f"incoming/{one.key}", region=above_all(asked.regions)) as detail:
        one, asked = _still_asked(asker, one, seen)
        row = row_of(one, asked, asker.now)
        row.state, row.is_over = _STATES.REFUSED, True
        row.by, row.name, row.reason = asker.key, asker.name, why
        row.save(force_insert=True)
        detail |= {"lowering": row.key, "pack": row.pack, "level": row.level}
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
    why = _why(reason)
    if not why:
        raise Refused(_("Say why the limits are raised again."))
    with deed(asker, RAISE, f"incoming/{one.key}", region=row.region) as detail:
        end_row(row, asker.now, by=asker.name or asker.key, reason=why)
        detail |= {"lowering": row.key}
    _lay(asker.now)


def _why(reason: str) -> str:
    return plain(reason).strip()[:_LONGEST]


def _asked(asker: Asker, key: str, seen: Seen) -> tuple[Incoming, Asked]:
    one = incoming_for(asker, key)
    before = seen.mark.partition(".")[0]
    if one.stands(asker.now) and before != str(one.level):
        raise Refused(_level_changed(before, one.level))
    wanted = (seen.pack, seen.is_again)
    found = next((x for x in asked_of(asker, one) if (x.pack, x.is_again) == wanted), None)
    if found is None:
        raise Refused(_("Nothing is to be decided here: somebody did, or the warning is over."))
    if found.mark != seen.mark:
        raise Refused(_changed(found.mark, seen.mark))
    return one, found


def _level_changed(before: str, now: int) -> str:
    known = [level for level in RAISED_LEVELS if str(int(level)) == before]
    if not known or not now:
        return _("The warning has changed meanwhile. Look at it again before you decide.")
    told = _(
        "You saw a %(before)s warning; it is %(now)s by now. Look at it again before you decide."
    )
    return told % {"before": level_word(known[0]), "now": level_word(now)}


def _changed(now: str, before: str) -> str:
    """now, before: marks of one level."""
    if now.rpartition(".")[0] == before.rpartition(".")[0]:
        return _(
            "Where limits could be lowered has changed meanwhile. Look again before you decide."
        )
    return _("How limits are lowered has changed meanwhile. Look again before you decide.")


def _still_asked(asker: Asker, one: Incoming, seen: Seen) -> tuple[Incoming, Asked]:
    """The same while nobody else decides on that warning, and no message changes it."""
    Incoming.objects.select_for_update().get(pk=one.pk)
    return _asked(asker, one.key, seen)


def _lay(now: datetime) -> None:
    """At once, where that goes; else the work process does it a moment later."""
    try:
        lay_lowered(now)
    except AnlanError:
        return
