"""A risk as it is opened: what, how bad, where."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.apps.atlas.queries.naming import region_choices
from anlan.apps.people.queries import within
from anlan.apps.warning.acts import OPEN_RISK
from anlan.apps.warning.forms.fresh import event_choices
from anlan.apps.warning.queries.risk import Written
from anlan.desk.asker import Asker
from anlan.desk.templatetags.desk import level_word
from anlan.terms.levels import RAISED_LEVELS

_NONE: tuple[str, Any] = ("", _("choose"))


class RiskForm(forms.Form):
    """Neither kind nor level is chosen beforehand where nothing suggests them."""

    event = forms.ChoiceField(label=_("Kind"), choices=lambda: [_NONE, *event_choices()])
    level = forms.TypedChoiceField(label=_("Level"), coerce=int)
    thing = forms.CharField(
        label=_("Object or enterprise"), max_length=128, required=False,
        help_text=_("Its key or its whole name; it then says the district. "
                    "Without one, choose the district."),
    )  # fmt: skip
    region = forms.ChoiceField(label=_("District"), required=False)
    text = forms.CharField(
        label=_("What was found, and what is to be done"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip

    def __init__(self, asker: Asker, data: Any = None, initial: Any = None) -> None:
        super().__init__(data=data, initial=initial)
        levels: Any = self.fields["level"]
        levels.choices = [_NONE, *((int(n), level_word(n)) for n in reversed(RAISED_LEVELS))]
        places: Any = self.fields["region"]
        reach = within(asker.scope_for(OPEN_RISK), region="key", owner="")
        places.choices = [_NONE, *region_choices(reach, longest=12)]

    def written(self, origin: str) -> Written:
        """What a valid form says."""
        return Written(origin=origin, **self.cleaned_data)
