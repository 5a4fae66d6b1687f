"""A warning that is begun by hand."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.apps.atlas.meaning import pack_title, packs
from anlan.apps.atlas.queries.naming import region_choices
from anlan.apps.people.queries import within
from anlan.apps.warning.acts import WRITE
from anlan.apps.warning.models import Warning
from anlan.apps.warning.queries import events_of
from anlan.desk.asker import Asker
from anlan.desk.templatetags.desk import level_word, told
from anlan.terms.levels import RAISED_LEVELS

_NONE: tuple[str, Any] = ("", _("choose"))


class FreshForm(forms.Form):
    """Event, level, district and status; all the rest stands in the editor.

    Neither event nor level is chosen beforehand: what nobody said must not go out as red.
    """

    event = forms.ChoiceField(label=_("Event"), choices=lambda: [_NONE, *event_choices()])
    level = forms.TypedChoiceField(label=_("Level"), coerce=int)
    region = forms.ChoiceField(label=_("District"))
    status = forms.ChoiceField(
        label=_("Status"), choices=Warning.Status.choices,
        help_text=_("Said once: an exercise or a test never becomes an actual warning."),
    )  # fmt: skip

    def __init__(self, asker: Asker, data: Any = None) -> None:
        super().__init__(data=data)
        levels: Any = self.fields["level"]
        words = [(int(one), level_word(one)) for one in reversed(RAISED_LEVELS)]
        levels.choices = [_NONE, *words]
        places: Any = self.fields["region"]
        places.choices = region_choices(_keys(asker))

    @property
    def wanted(self) -> dict[str, Any]:
        """What a valid form asks to be drafted."""
        pack, _dot, event = self.cleaned_data["event"].partition(":")
        names = ("level", "region", "status")
        return {"pack": pack, "event": event, **{n: self.cleaned_data[n] for n in names}}


def _keys(asker: Asker) -> Any:
    return within(asker.scope_for(WRITE), region="key", owner="")


def event_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """The events of each hazard: `pack:name` and what it is called."""
    return [
        (pack_title(pack), [(f"{pack}:{one.name}", told(one.title)) for one in events_of(pack)])
        for pack in packs()
        if events_of(pack)
    ]
