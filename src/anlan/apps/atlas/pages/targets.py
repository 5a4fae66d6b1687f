"""The sheet of protected targets 防护目标."""

from django.utils.translation import gettext_lazy as _

from anlan.apps.atlas.acts import EDIT_TARGETS, SEE
from anlan.apps.atlas.models import Target
from anlan.apps.atlas.pages import parts
from anlan.apps.atlas.words import words_for
from anlan.desk.sheet import DatedWriter, Section, Sheet

KINDS = (
    ("school", _("School")),
    ("kindergarten", _("Kindergarten")),
    ("hospital", _("Hospital")),
    ("care_home", _("Care home")),
    ("construction", _("Construction site")),
    ("scenic", _("Scenic spot")),
    ("quarter", _("Residential quarter")),
    ("village", _("Village settlement")),
    ("market", _("Market")),
    ("station", _("Station")),
    ("shelter", _("Shelter")),
)

TARGETS = Sheet(
    name="targets",
    base="/atlas/targets",
    model=Target,
    title=_("Protected targets"),
    one=_("Protected target"),
    read=SEE,
    change=EDIT_TARGETS,
    writer=DatedWriter(words_for),
    fields=(
        parts.KEY, parts.NAME, parts.NAME_EN,
        parts.kind(KINDS), parts.REGION,
        parts.people("people_day", _("People by day")),
        parts.people("people_night", _("People by night")),
        *parts.TAIL,
    ),
    columns=("name", "kind", "region", "people_day", "people_night", "contact", "phone"),
    filters=("region", "kind"),
    facets=("kind",),
    sections=(
        Section(_("What it is"), ("name", "name_en", "kind", "people_day", "people_night",
                                  "owner")),
        parts.WHERE,
    ),
)  # fmt: skip
