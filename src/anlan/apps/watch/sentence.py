"""An alarm in plain words: what, how much, against which limit, for how long."""

from datetime import datetime

from django.utils.translation import gettext as _

from anlan.apps.atlas.meaning import (
    amount_of,
    mark_title,
    quantity_title,
    rule_title,
    states_of_quantity,
    unit_of_quantity,
)
from anlan.apps.watch.models import Alarm
from anlan.packs.units import shown


def sentence(alarm: Alarm) -> str:
    """Why an alarm stands, or stood: 「水位 3.42 m，超过警戒水位 3.20 m」."""
    if alarm.value is None or not alarm.quantity:
        return rule_title(alarm.rule)
    is_plain = tells_quantity(alarm)
    facts = {
        "what": quantity_title(alarm.quantity) if is_plain else rule_title(alarm.rule),
        "value": amount(alarm.value, alarm),
        "mark": mark_title(alarm.rule, alarm.level or alarm.peak) or _("the limit"),
        "limit": amount(alarm.limit, alarm),
    }
    if is_plain and states_of_quantity(alarm.quantity):
        return _("%(what)s: %(value)s") % facts
    if alarm.limit is None:  # a condition of several amounts: what was measured last is no verdict
        facts["rule"] = rule_title(alarm.rule)
        return _("%(rule)s (%(what)s %(value)s)") % facts
    if facts["value"] == facts["limit"]:
        return _("%(what)s %(value)s, reached %(mark)s") % facts
    if alarm.value < alarm.limit:
        return _("%(what)s %(value)s, below %(mark)s %(limit)s") % facts
    return _("%(what)s %(value)s, above %(mark)s %(limit)s") % facts


def amount(value: float | None, alarm: Alarm) -> str:
    """A value or limit of an alarm as people read it."""
    return (amount_of(value, alarm.quantity) if tells_quantity(alarm)
            else shown(value, alarm.unit))  # fmt: skip


def tells_quantity(alarm: Alarm) -> bool:
    """Whether its value is what the sensor measures.

    A sum, a rate or a ratio has another unit: the rule names it.
    """
    return alarm.unit == unit_of_quantity(alarm.quantity)


def lasting(alarm: Alarm, now: datetime) -> str:
    """How long it stood so far, or in all: 25 min."""
    end = alarm.recovered_at or now
    minutes = max(0, int((end - alarm.raised_at).total_seconds()) // 60)
    if minutes < 60:
        return _("%(n)d min") % {"n": minutes}
    if minutes < 48 * 60:
        return _("%(h)d h %(m)d min") % {"h": minutes // 60, "m": minutes % 60}
    return _("%(n)d d") % {"n": minutes // 1440}
