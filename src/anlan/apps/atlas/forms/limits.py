"""The form in which a limit is proposed."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.apps.atlas.actions.limits import Wanted
from anlan.apps.atlas.queries.limits import PRESENT, Line
from anlan.desk.templatetags.desk import level_word
from anlan.terms.levels import RAISED_LEVELS, Level

_DAY = {"type": "date"}


def _levels() -> list[tuple[str, str]]:
    return [(str(int(one)), level_word(one)) for one in RAISED_LEVELS]


class ProposalForm(forms.Form):
    """A limit as somebody wants it, from the beginning of a day."""

    level = forms.TypedChoiceField(label=_("Level"), choices=_levels, coerce=int)
    direction = forms.ChoiceField(
        label=_("Reached"), choices=[("high", _("at or above")), ("low", _("at or below"))]
    )
    value = forms.FloatField(label=_("New value"), min_value=-1e9, max_value=1e9)
    deadband = forms.FloatField(
        label=_("Deadband"), min_value=0, max_value=1e6, required=False,
        help_text=_("How far the value must come back before the level ends."),
    )  # fmt: skip
    since = forms.DateField(label=_("In force from"),
                            widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))  # fmt: skip
    source = forms.CharField(
        label=_("Source document"), max_length=160,
        help_text=_("Number and title of the plan or decision that sets this value."),
    )  # fmt: skip

    @property
    def wanted(self) -> Wanted:
        """What a valid form asks for."""
        told = self.cleaned_data
        begin = datetime.combine(told["since"], time(), timezone.get_current_timezone())
        return Wanted(
            level=Level(told["level"]), value=told["value"], direction=told["direction"],
            deadband=told["deadband"] or 0.0, since=begin, source=told["source"].strip(),
        )  # fmt: skip


def start_of(lines: list[Line], now: datetime) -> dict[str, Any]:
    """What the form begins with: the least level above blue in force, from next Monday."""
    here = timezone.localtime(now).date()
    monday = here + timedelta(days=7 - here.weekday())
    held = [one.limit for one in lines if one.holds == PRESENT]
    held.sort(key=lambda one: (one.level < Level.YELLOW, one.level))
    known = held[0] if held else None
    return {
        "level": str(known.level if known else int(Level.YELLOW)),
        "direction": known.direction if known else "high",
        "deadband": known.deadband if known else 0,
        "since": monday,
    }
