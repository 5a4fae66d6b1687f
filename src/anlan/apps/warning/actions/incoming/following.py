"""Lowered limits follow their warnings: their level, their area and their end."""

from datetime import datetime

from django.db import transaction

from anlan.apps.atlas.actions.lowering import lay_lowered
from anlan.apps.atlas.models import Lowering
from anlan.apps.people.actions import deed
from anlan.apps.people.asker import Machine
from anlan.apps.warning.actions.incoming.laying import end_covered, end_row, row_of, split_off
from anlan.apps.warning.acts import LOWER, RAISE
from anlan.apps.warning.models.incoming import Incoming
from anlan.apps.warning.queries.incoming.asking import Asked, parted
from anlan.apps.warning.queries.incoming.bearing import CAUSE, borne_by, decided, narrower
from anlan.packs import Bearing
from anlan.terms.places import above_all


def keep_lowering(now: datetime) -> int:
    """Lets lowerings follow their warnings, begins those that ask nobody, and lays them; how many
    sensors were concerned."""
    stand = Lowering.objects.filter(state=Lowering.State.STANDS, cause__startswith=CAUSE)
    for row in stand:
        one = _warning_of(row)
        if _left(row, one, now) != set(row.regions) or not _is_as(row, one):
            with transaction.atomic():
                held = stand.select_for_update().filter(pk=row.pk).first()
                if held is not None:
                    _follow(held, _warning_of(held), now)
    actual = Incoming.objects.filter(joined=None, status="Actual", is_lifted=False, ends_at__gt=now)
    for one in actual.exclude(code=""):
        for pack, bearing in borne_by(one):
            if bearing.is_automatic:
                _begin(one, pack, bearing, now=now)
    return lay_lowered(now)


def _warning_of(row: Lowering) -> Incoming:
    one = Incoming.objects.get(key=row.cause.removeprefix(CAUSE))
    while one.joined is not None:
        one = one.joined
    return one


def _left(row: Lowering, one: Incoming, now: datetime) -> set[str]:
    """Where it goes on: nowhere when the warning is over, or the pack says nothing of the level
    that it has by now."""
    says = any(borne.pack == row.pack and borne.bearing.lower for borne in borne_by(one))
    return set(narrower(row.regions, one.regions)) if says and one.stands(now) else set()


def _is_as(row: Lowering, one: Incoming) -> bool:
    return row.until == one.ends_at and row.cause == f"{CAUSE}{one.key}"


def _follow(row: Lowering, one: Incoming, now: datetime) -> None:
    left = _left(row, one, now)
    gone = sorted(set(row.regions) - left)
    if gone:
        with deed(Machine("anlan", now), RAISE, f"incoming/{one.key}",
                  region=above_all(gone)) as detail:  # fmt: skip
            detail |= {"lowering": row.key, "regions": gone}
            if left:
                split_off(row, gone, now)
            else:
                end_row(row, now)
    if left and one.ends_at is not None:
        row.regions, row.region = sorted(left), above_all(left)
        row.until, row.cause, row.is_laid = one.ends_at, f"{CAUSE}{one.key}", False
        row.save(update_fields=["regions", "region", "until", "cause", "is_laid"])


def _begin(one: Incoming, pack: str, bearing: Bearing, *, now: datetime) -> None:
    """What the pack calls automatic is lowered wherever the warning holds, and nobody said no."""
    regions, _declined = parted(decided(one), pack, bearing, regions=one.regions)
    if not regions:
        return
    asked = Asked(one=one, pack=pack, bearing=bearing, regions=regions)
    with deed(Machine("anlan", now), LOWER, f"incoming/{one.key}",
              region=above_all(regions)) as detail:  # fmt: skip
        row = row_of(one, asked, now)
        row.save(force_insert=True)
        end_covered(row, now)
        detail |= {"lowering": row.key, "pack": pack, "level": row.level, "terms": row.terms}
