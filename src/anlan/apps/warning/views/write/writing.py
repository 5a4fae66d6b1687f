"""A warning on the desk of its writer: as it stands, as typed, and what the reader remarks."""

from copy import copy
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from anlan.apps.people.models import Organisation
from anlan.apps.warning.actions.course.drafting import names_of_office
from anlan.apps.warning.actions.course.renewing import reword
from anlan.apps.warning.forms.editing import PAIRS, EditForm
from anlan.apps.warning.forms.seats import joinable, rows_of, seats_in, seats_of
from anlan.apps.warning.models import Warning
from anlan.apps.warning.queries import Remark, Seat, remarks, warning_for
from anlan.apps.warning.queries.audience.areas import saved_areas
from anlan.apps.warning.queries.course.origin import origin_of
from anlan.apps.warning.queries.writing.drafting import measures_for, with_headlines
from anlan.apps.warning.views.shown import to_be_said
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of
from anlan.terms.levels import Level

_PAIRS = {
    "headline": _("Headline"),
    "description": _("What is expected"),
    "caution": _("What to beware of"),
    "measures": _("What to do"),
    "area": _("Area in words"),
}
_PLAIN = ("level", "urgency", "certainty", "regions", "shape", "onset", "effective", "expires",
          "contact")  # fmt: skip
_NOWHERE = ("event", "owner")
"""What remarks may be about that has no field here."""


@dataclass
class Writing:
    """stored: as it is in the records · said: as it would be with what is typed · is_update: it is
    out, and what is typed begins an update."""

    asker: Asker
    stored: Warning
    said: Warning
    form: EditForm
    seats: list[Seat]
    is_update: bool

    def facts(self) -> dict[str, Any]:
        """What the editor and its parts show."""
        found = remarks(self.said, self.asker.now)
        notes: dict[str, list[Remark]] = {}
        for one in found:
            notes.setdefault(one.field, []).append(one)
        keys = [seat.organisation for seat in self.seats]
        return {
            "warning": self.stored,
            "origin": origin_of(self.asker, self.stored),
            "version": self.stored.version,
            "written_for": self.said.level,
            "said": to_be_said(self.said, keys, self.asker.now),
            "shape": self.said.shape,
            "form": self.form,
            "is_update": self.is_update,
            "pairs": _pairs(self.form, notes),
            "fields": {
                n: (self.form[n], notes.get(n, [])) for n in _PLAIN if n in self.form.fields
            },
            "nowhere": [one for name in _NOWHERE for one in notes.get(name, [])],
            "stops": sum(one.stops for one in found),
            "hints": sum(not one.stops for one in found),
            "seats": rows_of(self.asker, self.said, self.seats),
            "joinable": joinable(self.said, self.seats, self.asker.now),
            "areas": saved_areas(self.asker)[:100],
        }


def writing(request: HttpRequest, key: str) -> Writing:
    """The warning of that key with what a request types into it."""
    asker = asker_of(request)
    stored = warning_for(asker, key)
    is_update = stored.is_in_force and not stored.is_in_the_making
    form = EditForm(stored, request.POST or None, is_update=is_update)
    said = copy(stored)
    if is_update:
        said.kind, said.effective = Warning.Kind.UPDATE, None
    if form.is_bound:
        for name, value in form.changed().items():
            setattr(said, name, value)
    if is_update:
        _put_headline(said)
    seats = seats_in(asker, said, request.POST) if form.is_bound else seats_of(asker, stored)
    return Writing(asker, stored, said, form, seats, is_update)


def reworded(one: Writing, written_for: Level) -> Writing:
    """The same for another level than its words were written for; measures that somebody wrote
    stay."""
    level = Level(one.said.level)
    old, own = (
        measures_for(one.said.rule, written_for),
        (one.said.measures_zh, one.said.measures_en),
    )
    reword(one.said, written_for, level)
    if own != (old.zh, old.en):
        one.said.measures_zh, one.said.measures_en = own
    form = EditForm(one.said, is_update=one.is_update)
    return Writing(one.asker, one.stored, one.said, form, one.seats, one.is_update)


def _put_headline(said: Warning) -> None:
    office = Organisation.objects.filter(key=said.owner).first()
    if office is not None:
        with_headlines(said, names_of_office(office))


def _pairs(form: EditForm, notes: dict[str, list[Remark]]) -> list[dict[str, Any]]:
    """The texts side by side: title, and of each language the field with its remarks."""
    found = []
    for text in PAIRS:
        names = [f"{text}_{language}" for language in ("zh", "en")]
        if names[0] in form.fields:
            sides = [(form[name], notes.get(name, [])) for name in names]
            found.append({"title": _PAIRS[text], "sides": sides})
    return found
