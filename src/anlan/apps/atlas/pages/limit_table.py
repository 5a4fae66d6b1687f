"""The sheet of limits 阈值: listed, exported, and proposed from a file."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from anlan.apps.atlas.actions.limit_table import LimitsWriter
from anlan.apps.atlas.actions.registry import limit_key
from anlan.apps.atlas.acts import PROPOSE_LIMITS, SEE
from anlan.apps.atlas.models import Limit
from anlan.apps.atlas.pages import parts
from anlan.apps.atlas.queries import sensors
from anlan.desk.asker import Asker
from anlan.desk.sheet import Check, Field, Kind, Section, Sheet
from anlan.terms.levels import Level, level_named

_LEVELS = (("blue", _("blue")), ("yellow", _("yellow")), ("orange", _("orange")), ("red", _("red")))
_DIRECTIONS = (("high", _("at or above")), ("low", _("at or below")))


def _identify(values: Mapping[str, Any]) -> str:
    level = int(level_named(values["level"]))
    return limit_key(values["sensor_key"], level, values["direction"], since=values.get("since"))


def _check(asker: Asker) -> Check:
    known: dict[str, tuple[str, str] | None] = {}

    def check(values: dict[str, Any]) -> Mapping[str, str]:
        """A limit is where its sensor is, and ends after it begins."""
        key = str(values["sensor_key"])
        if key not in known:
            known[key] = sensors(asker).filter(key=key).values_list("region", "owner").first()
        place = known[key]
        if place is None:
            told = _now("There is no sensor “%(key)s” in your jurisdiction.")
            return {"sensor_key": told % {"key": key[:60]}}
        values["region"], values["owner"] = place
        since, until = values.get("since"), values.get("until")
        if since is not None and until is not None and until <= since:
            return {"until": _now("It must end after it begins.")}
        return {}

    return check


LIMITS = Sheet(
    name="limit-table",
    base="/atlas/limit-table",
    model=Limit,
    title=_("Limits"),
    one=_("Limit"),
    read=SEE,
    change=PROPOSE_LIMITS,
    writer=LimitsWriter(),
    dated=False,
    is_plain_key=True,
    is_file_only=True,
    imported=_("Proposed: %(made)s new, %(changed)s changed; %(same)s as they were, %(wrong)s left "
               "out. Another person has to approve them under “Rules and limits”."),
    identify=_identify,
    check=_check,
    settle=lambda values: {**values, "level": int(level_named(values["level"]))},
    order=("region", "key"),
    fields=(
        Field(name="sensor_key", title=_("Sensor"), is_required=True),
        Field(name="level", title=_("Level"), kind=Kind.CHOICE, is_required=True,
              choices=lambda: parts.chosen(_LEVELS), read=lambda row: Level(row.level).word,
              where=lambda word: {"level": getattr(Level, word.upper(), Level.NONE).value}),
        Field(name="direction", title=_("Reached"), kind=Kind.CHOICE, is_required=True,
              choices=lambda: parts.chosen(_DIRECTIONS)),
        Field(name="value", title=_("Value"), kind=Kind.NUMBER, is_required=True),
        Field(name="deadband", title=_("Deadband"), kind=Kind.NUMBER, low=0),
        Field(name="since", title=_("In force from"), kind=Kind.MOMENT),
        Field(name="until", title=_("In force to"), kind=Kind.MOMENT),
        Field(name="source", title=_("Source"), most=256),
        Field(name="region", title=_("Region"), kind=Kind.REGION, is_read_only=True,
              show=parts.REGION.show, choices_for=parts.REGION.choices_for),
    ),
    columns=("sensor_key", "level", "direction", "value", "deadband", "since", "until", "source"),
    filters=("region", "level"),
    sections=(Section(_("What it is"), ("sensor_key", "level", "direction", "value", "deadband",
                                        "since", "until", "source", "region")),),
)  # fmt: skip
