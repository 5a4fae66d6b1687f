"""The sheet of enterprises 企业."""

from django.utils.translation import gettext_lazy as _

from anlan.apps.atlas.acts import EDIT_ENTERPRISES, SEE
from anlan.apps.atlas.models import Enterprise
from anlan.apps.atlas.pages import parts
from anlan.apps.atlas.words import words_for
from anlan.desk.sheet import DatedWriter, Field, Section, Sheet

ENTERPRISES = Sheet(
    name="enterprises",
    base="/atlas/enterprises",
    model=Enterprise,
    title=_("Enterprises"),
    one=_("Enterprise"),
    read=SEE,
    change=EDIT_ENTERPRISES,
    writer=DatedWriter(words_for),
    fields=(
        parts.KEY, parts.NAME, parts.NAME_EN, parts.REGION,
        Field(name="industry", title=_("Industry"), most=64),
        Field(name="credit_code", title=_("Unified social credit code"), most=18),
        *parts.TAIL,
    ),
    columns=("name", "industry", "region", "address", "contact", "phone"),
    filters=("region", "industry"),
    facets=("industry",),
    sections=(
        Section(_("What it is"), ("name", "name_en", "industry", "credit_code", "owner")),
        parts.WHERE,
    ),
)  # fmt: skip
