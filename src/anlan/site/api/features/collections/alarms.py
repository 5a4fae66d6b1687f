"""The collection of the alarms that stand."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from anlan.apps.watch.acts import SEE
from anlan.apps.watch.models import Alarm
from anlan.apps.watch.queries import alarms
from anlan.apps.watch.sentence import sentence
from anlan.desk.asker import Asker
from anlan.site.api.features.collections.collection import Marked
from anlan.site.api.features.collections.field import Field
from anlan.terms.levels import RAISED_LEVELS, Level

LEVELS = {str(level.word): int(level) for level in RAISED_LEVELS}


def _standing(asker: Asker) -> QuerySet[Any]:
    # Open and out of bounds; what is back to normal waits for its end on the desk only.
    return alarms(asker).filter(closed_at=None, level__gt=0)


def _text(name: str, title: Any) -> Field:
    return Field(name=name, title=title, column=name)


def _time(name: str, title: Any) -> Field:
    return Field(name=name, title=title, column=name, kind="date-time")


def _number(name: str, title: Any) -> Field:
    return Field(name=name, title=title, column=name, kind="number")


ALARMS = Marked(
    key="alarms", title=_("Standing alarms"),
    about=_("Open alarms that are out of bounds now, with level, time and source."),
    act=SEE, rows=_standing, order=("pk",), times=("raised_at", "recovered_at"),
    fields=(
        _text("key", _("Key")),
        Field(name="level", title=_("Level"), column="level", words=LEVELS,
              of=lambda row: Level(row.level).word),
        Field(name="peak", title=_("Highest so far"), column="peak", words=LEVELS,
              of=lambda row: Level(row.peak).word),
        _text("status", _("Status")),
        Field(name="state", title=_("State"), column="state",
              words={str(one): str(one) for one in Alarm.State.values}),
        Field(name="why", title=_("Why"), of=sentence),
        _text("object_key", _("Observed object")), _text("object_name", _("Name")),
        _text("pack", _("Hazard")), _text("kind", _("Kind")), _text("rule", _("Rule")),
        _text("sensor_key", _("Sensor")), _text("quantity", _("Quantity")),
        _number("value", _("Value")), _number("limit", _("Limit")), _text("unit", _("Unit")),
        _text("region", _("Region")), _text("owner", _("Organisation")),
        _time("raised_at", _("Raised")), _time("changed_at", _("Changed")),
        _time("acknowledged_at", _("Acknowledged")),
    ),
)  # fmt: skip
