"""The sheet of regions 行政区."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from anlan.apps.atlas.acts import EDIT_REGIONS, SEE
from anlan.apps.atlas.models import Region
from anlan.apps.atlas.pages import parts
from anlan.apps.atlas.words import words_for
from anlan.desk.asker import Asker
from anlan.desk.sheet import Check, DatedWriter, Field, Kind, Section, Sheet


def _check(asker: Asker) -> Check:
    def check(values: dict[str, Any]) -> Mapping[str, str]:
        """A region lies in itself."""
        values["region"] = values["key"]
        return {}

    return check


REGIONS = Sheet(
    name="regions",
    base="/atlas/regions",
    model=Region,
    title=_("Regions"),
    one=_("Region"),
    read=SEE,
    change=EDIT_REGIONS,
    writer=DatedWriter(words_for),
    owned=False,
    is_plain_key=True,
    check=_check,
    fields=(
        Field(name="key", title=_("Region code"), kind=Kind.REGION, is_required=True,
              is_fixed=True, most=12),
        parts.NAME, parts.NAME_EN,
        Field(name="region", title=_("Within"), kind=Kind.REGION, is_read_only=True,
              show=parts.REGION.show, choices_for=parts.REGION.choices_for),
        parts.people("population", _("Population")),
        parts.people("households", _("Households")),
        parts.SHAPE, parts.SINCE,
    ),
    columns=("name", "key", "region", "population", "households"),
    filters=("region",),
    sections=(
        Section(_("What it is"), ("name", "name_en", "region", "population", "households")),
        Section(_("Where"), ("shape", "since")),
    ),
)  # fmt: skip
