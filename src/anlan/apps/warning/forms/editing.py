"""The editor's fields: what the next message will say, as typed."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anlan.apps.atlas.queries import region_path
from anlan.apps.atlas.queries.naming import region_choices
from anlan.apps.warning.models import Warning
from anlan.apps.warning.queries.writing.content import plain_value
from anlan.desk.sheet.forms import Moment, Shape
from anlan.desk.templatetags.desk import level_word
from anlan.terms.levels import RAISED_LEVELS

TITLES = {
    "event_zh": _("Event, in Chinese"),
    "event_en": _("Event, in English"),
    "level": _("Level"),
    "urgency": _("Urgency"),
    "certainty": _("Certainty"),
    "headline_zh": _("Headline, in Chinese"),
    "headline_en": _("Headline, in English"),
    "description_zh": _("What is expected, in Chinese"),
    "description_en": _("What is expected, in English"),
    "caution_zh": _("What to beware of, in Chinese"),
    "caution_en": _("What to beware of, in English"),
    "measures_zh": _("What to do, in Chinese"),
    "measures_en": _("What to do, in English"),
    "area_zh": _("Area in words, in Chinese"),
    "area_en": _("Area in words, in English"),
    "regions": _("Regions"),
    "shape": _("Area on the map"),
    "onset": _("Expected from"),
    "effective": _("Holds from"),
    "expires": _("Holds until"),
    "contact": _("Telephone for questions"),
}
"""What the fields of a message are called."""
URGENCY = (
    ("Immediate", _("at once")), ("Expected", _("within the hour")), ("Future", _("soon")),
    ("Unknown", _("unknown")),
)  # fmt: skip
CERTAINTY = (
    ("Observed", _("observed")), ("Likely", _("likely")), ("Possible", _("possible")),
    ("Unlikely", _("unlikely")), ("Unknown", _("unknown")),
)  # fmt: skip
_MOST_REGIONS, _LONGEST = 200, 20_000
_LOCAL = "%Y-%m-%dT%H:%M"
_ROWS = {"headline": 2, "description": 5, "caution": 3, "measures": 6, "area": 2}
PAIRS = tuple(_ROWS)
"""The texts that stand side by side in both languages."""


class EditForm(forms.Form):
    """What a warning says, as the editor shows it; texts stay as they are typed."""

    def __init__(self, warning: Warning, data: Any = None, *, is_update: bool = False) -> None:
        super().__init__(data=data, initial={name: getattr(warning, name) for name in TITLES})
        self.warning = warning
        self.fields["level"] = forms.TypedChoiceField(
            choices=[(int(one), level_word(one)) for one in reversed(RAISED_LEVELS)], coerce=int
        )
        self.fields["urgency"] = forms.ChoiceField(choices=URGENCY)
        self.fields["certainty"] = forms.ChoiceField(choices=CERTAINTY)
        for text, rows in _ROWS.items():
            for language in ("zh", "en"):
                most = getattr(Warning._meta.get_field(f"{text}_{language}"), "max_length", None)
                self.fields[f"{text}_{language}"] = _text(most or _LONGEST, rows, language)
        self.fields["regions"] = forms.MultipleChoiceField(
            required=False, choices=_regions(warning), widget=forms.CheckboxSelectMultiple
        )
        self.fields["shape"] = Shape(
            required=False,
            widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "code"}),
        )
        for name in ("onset", "effective", "expires"):
            widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_LOCAL)
            self.fields[name] = Moment(required=False, widget=widget)
        self.fields["contact"] = forms.CharField(required=False, max_length=128)
        if is_update:  # its headline is made anew, and it holds from when it is issued
            for name in ("headline_zh", "headline_en", "effective"):
                del self.fields[name]
        for name, field in self.fields.items():
            field.label = TITLES[name]

    def changed(self) -> dict[str, Any]:
        """The fields that differ from what the warning says, of those that can be read."""
        self.is_valid()
        return {n: v for n, v in self.cleaned_data.items() if self._differs(n, v)}

    def _differs(self, name: str, value: Any) -> bool:
        before = getattr(self.warning, name)
        if hasattr(value, "tzinfo") and before is not None:
            return bool(before.replace(second=0, microsecond=0) != value)  # seconds are not shown
        if name == "regions":
            return sorted(value) != sorted(before)
        if isinstance(value, str):
            return bool(value.replace("\r\n", "\n").strip() != before.strip())
        return bool(plain_value(value) != plain_value(before))


def _text(most: int, rows: int, language: str) -> forms.CharField:
    attrs = {"rows": rows, "lang": "zh-Hans" if language == "zh" else "en"}
    return forms.CharField(required=False, max_length=most, widget=forms.Textarea(attrs=attrs))


def _regions(warning: Warning) -> list[tuple[str, str]]:
    """The place of the warning and those one level below, and whatever was chosen before."""
    deep = {2: 4, 4: 6, 6: 9}.get(len(warning.region), 12)
    inside = Q(key__startswith=warning.region)
    found = {k: t.strip() for k, t in region_choices(inside, longest=deep, most=_MOST_REGIONS)}
    found |= {code: region_path(code) for code in warning.regions if code not in found}
    return list(found.items())
