"""The sheet of facilities 设施."""

from django.utils.translation import gettext_lazy as _

from anlan.apps.atlas.acts import EDIT_FACILITIES, SEE
from anlan.apps.atlas.models import Facility
from anlan.apps.atlas.pages import parts
from anlan.apps.atlas.words import words_for
from anlan.desk.sheet import DatedWriter, Field, Kind, Section, Sheet

KINDS = (
    ("shelter", _("Shelter")),
    ("store", _("Store of supplies")),
    ("team", _("Rescue team")),
    ("bridge", _("Bridge")),
    ("tunnel", _("Tunnel")),
    ("pipe", _("Pipe")),
    ("gas_station", _("Filling station")),
    ("elevator", _("Lift")),
    ("mine", _("Mine")),
    ("fireworks_shop", _("Fireworks shop")),
    ("loudspeaker", _("Emergency loudspeaker")),
    ("screen", _("LED screen")),
)


FACILITIES = Sheet(
    name="facilities",
    base="/atlas/facilities",
    model=Facility,
    title=_("Facilities"),
    one=_("Facility"),
    read=SEE,
    change=EDIT_FACILITIES,
    writer=DatedWriter(words_for),
    fields=(
        parts.KEY, parts.NAME, parts.NAME_EN,
        parts.kind(KINDS), parts.REGION,
        Field(name="size", title=_("Size"), kind=Kind.WHOLE, low=0, high=2_000_000_000,
              note=_("People of a shelter or a team, tonnes of a store, metres of a bridge, "
                     "tunnel or pipe.")),
        Field(name="device", title=_("Address of the device"), most=512,
              note=_("Of a loudspeaker its resource code at the broadcast platform, of a screen "
                     "its web address or mqtt: and its name at the broker; warnings go there.")),
        Field(name="takes", title=_("Takes"), kind=Kind.CHOICE,
              note=_("Of a loudspeaker or a screen; empty: actual messages."),
              choices=lambda: parts.chosen(Facility.Takes.choices)),
        *parts.TAIL,
    ),
    columns=("name", "kind", "region", "size", "contact", "phone"),
    filters=("region", "kind"),
    facets=("kind",),
    sections=(
        Section(_("What it is"), ("name", "name_en", "kind", "size", "device", "takes", "owner")),
        parts.WHERE,
    ),
)  # fmt: skip
