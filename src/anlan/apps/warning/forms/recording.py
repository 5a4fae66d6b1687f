"""A recording that is uploaded, and what it is for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anlan.apps.atlas.queries.naming import region_choices
from anlan.apps.people.queries import within
from anlan.apps.warning.actions.recording import Purpose
from anlan.apps.warning.acts import RECORD
from anlan.apps.warning.models import Recording, Warning
from anlan.apps.warning.queries.audience.subscribing import kinds_offered
from anlan.channels.sound import MOST_BYTES
from anlan.desk.asker import Asker
from anlan.desk.templatetags.desk import level_word
from anlan.terms.levels import RAISED_LEVELS


class RecordingForm(forms.Form):
    """What the recording is, and for which warnings; the rest is judged by what it contains."""

    title = forms.CharField(label=_("Name"), max_length=64)
    file = forms.FileField(
        label=_("Recording"),
        help_text=_("WAV or MP3, 1 to 300 seconds, at most 16 MB."),
        widget=forms.FileInput(attrs={"accept": ".wav,.mp3,audio/*"}),
    )
    event = forms.ChoiceField(label=_("Event"), required=False)
    level = forms.TypedChoiceField(label=_("Level"), coerce=int)
    region = forms.ChoiceField(
        label=_("District"), help_text=_("For its warnings and those of places within.")
    )
    language = forms.ChoiceField(label=_("Language"), choices=Recording.Language.choices)
    status = forms.ChoiceField(
        label=_("Status"), choices=Warning.Status.choices,
        help_text=_("It is played for such messages alone: one for an exercise must say so."),
    )  # fmt: skip

    def __init__(self, asker: Asker, data: Any = None, files: Any = None) -> None:
        super().__init__(data=data, files=files)
        named: Any = self.fields
        kinds = sorted((code, zh) for code, (zh, _en) in kinds_offered().items())
        named["event"].choices = [("", _("all kinds")), *kinds]
        levels = [(int(one), level_word(one)) for one in reversed(RAISED_LEVELS)]
        named["level"].choices = [(0, _("all levels")), *levels]
        keys: Any = within(asker.scope_for(RECORD), region="key", owner="")
        named["region"].choices = region_choices(keys)

    @property
    def purpose(self) -> Purpose:
        """What a valid form says."""
        names = ("region", "title", "event", "level", "language", "status")
        return Purpose(**{name: self.cleaned_data[name] for name in names})

    @property
    def octets(self) -> bytes:
        """The file, and one octet more than may be where it is larger."""
        file: Any = self.cleaned_data["file"]
        found: bytes = file.read(MOST_BYTES + 1)
        return found
