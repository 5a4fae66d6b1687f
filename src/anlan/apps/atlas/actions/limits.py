"""Limits are proposed by one person and approved by another; then they enter the registry."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.apps.atlas.actions.deciding import put_in_force
from anlan.apps.atlas.acts import PROPOSE_LIMITS
from anlan.apps.atlas.meaning import amount_of, quantity
from anlan.apps.atlas.models import LimitChange, Sensor
from anlan.apps.atlas.queries.limits import (
    basis_of,
    change_for,
    held_at,
    lines_of,
    sensor_for,
    why_not_propose,
)
from anlan.apps.people.actions import deed
from anlan.apps.people.models.naming import new_key
from anlan.desk.asker import Asker
from anlan.desk.templatetags.desk import level_word
from anlan.history.log import Log, store_in
from anlan.history.registry import Registry, limits_entry
from anlan.packs.warning.lowering import is_lowered
from anlan.terms.errors import Refused
from anlan.terms.levels import Level
from anlan.terms.sensors import Direction, Limit
from anlan.terms.times import FOREVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is proposed: a value for a level, from a moment on, and the document it rests on."""

    level: Level
    value: float
    direction: Direction
    deadband: float
    since: datetime
    source: str


def propose(asker: Asker, sensor_key: str, wanted: Wanted) -> LimitChange:
    """Puts a proposal forward; Refused says what is wrong with it."""
    sensor = sensor_for(asker, sensor_key)
    why = why_not_propose(asker, sensor) or _wrong(asker, sensor, wanted)
    if why:
        raise Refused(why)
    before = held_at(sensor.key, wanted.level, wanted.since)
    with deed(asker, PROPOSE_LIMITS, f"sensors/{sensor.key}", region=sensor.region) as detail:
        change = LimitChange.objects.create(
            key=new_key(), sensor_key=sensor.key, object_key=sensor.object_key,
            region=sensor.region, owner=sensor.owner, level=int(wanted.level), value=wanted.value,
            direction=wanted.direction, deadband=wanted.deadband, since=wanted.since,
            source=wanted.source, before=before.value if before else None,
            basis=basis_of(sensor.key, wanted.level), proposed_by=asker.key,
            proposed_name=asker.name, proposed_at=asker.now,
        )  # fmt: skip
        detail.update(change=change.key, level=wanted.level.word, value=wanted.value)
    return change


def approve(asker: Asker, key: str, *, version: int) -> None:
    """Approves a proposal and enters it; Refused where the limits are not those it rests on."""
    change = change_for(asker, key)

    def entries() -> list[dict[str, Any]]:
        if basis_of(change.sensor_key, change.level) != change.basis:
            raise Refused(
                _("The limits of this level were changed after the proposal was made. Refuse it, "
                  "and have it proposed anew on what holds now.")
            )  # fmt: skip
        return [_entry(asker, change)]

    put_in_force(
        asker, change, entries, version=version,
        level=Level(change.level).word, value=change.value,
    )  # fmt: skip


def _entry(asker: Asker, change: LimitChange) -> dict[str, Any]:
    """All limits of the sensor with the new one among them, as an entry of the registry."""
    with Log.open(store_in(settings.PLACE.data)) as log:
        limits = Registry.from_log(log).limits_of(change.sensor_key)
    begin = max(_ms(change.since), _ms(asker.now))
    new = Limit(
        sensor=change.sensor_key, level=Level(change.level), value=change.value,
        direction="low" if change.direction == "low" else "high", deadband=change.deadband,
        valid_from=begin, source=change.source,
    )  # fmt: skip
    return limits_entry(change.sensor_key, put_in(limits, new))


def put_in(limits: list[Limit], new: Limit) -> list[Limit]:
    """The limits of a sensor with a new one in its place.

    What holds when it begins ends there, and it ends when that would have ended; what was to
    come later still comes. Lowered limits lie over all of them and stay.
    """
    begin, end = new.valid_from, FOREVER
    kept = []
    for one in limits:
        if one.level != new.level or one.valid_to <= begin or is_lowered(one.source):
            kept.append(one)
        elif one.valid_from > begin:
            end = min(end, one.valid_from)
            kept.append(one)
        else:
            end = min(end, one.valid_to)
            if one.valid_from < begin:
                kept.append(replace(one, valid_to=begin))
    return [*kept, replace(new, valid_to=end)]


def _wrong(asker: Asker, sensor: Sensor, wanted: Wanted) -> str | None:
    """What is wrong with a proposal by itself, or None."""
    if wanted.since < _today(asker):
        return _("A limit changes from today on, not for the past.")
    spec = quantity(sensor.quantity)
    if spec is not None and not spec.gate.low <= wanted.value <= spec.gate.high:
        low, high = (amount_of(one, sensor.quantity) for one in (spec.gate.low, spec.gate.high))
        told = _("This quantity lies between %(low)s and %(high)s.")
        return told % {"low": low, "high": high}
    return _out_of_order(sensor, wanted)


def _out_of_order(sensor: Sensor, wanted: Wanted) -> str | None:
    """A worse level must be reached later than a lesser one."""
    sign = -1 if wanted.direction == "low" else 1
    for line in lines_of(sensor.key, wanted.since):
        other = line.limit
        is_other = line.holds == "present" and other.level != wanted.level
        if not is_other or other.direction != wanted.direction:
            continue
        steps = (wanted.level - other.level) * (wanted.value - other.value) * sign
        if steps <= 0:
            told = _("This does not fit the limit of level %(level)s, which is %(value)s then: a "
                     "worse level is reached after a lesser one.")  # fmt: skip
            value = amount_of(other.value, sensor.quantity)
            return told % {"level": level_word(other.level), "value": value}
    return None


def _today(asker: Asker) -> datetime:
    return timezone.localtime(asker.now).replace(hour=0, minute=0, second=0, microsecond=0)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
