"""Fields that several sheets have."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from anlan.apps.atlas.queries.naming import region_choices, region_path
from anlan.apps.people.models import Organisation
from anlan.apps.people.queries import within
from anlan.desk.asker import Asker
from anlan.desk.sheet import Field, Kind, Section

_MOST_OFFERS = 500


def _regions(asker: Asker) -> list[tuple[str, str]]:
    return region_choices(within(asker.scope, owner=""))


def _villages(asker: Asker) -> list[tuple[str, str]]:
    condition = within(asker.scope, owner="")
    return [(code, name.strip()) for code, name in region_choices(condition, longest=12)]


def _organisations(asker: Asker) -> list[tuple[str, str]]:
    rows = Organisation.objects.filter(within(asker.scope, owner="key")).order_by("key")
    return list(rows.values_list("key", "name")[:_MOST_OFFERS])


def _organisation_names(keys: set[str]) -> dict[str, str]:
    return dict(Organisation.objects.filter(key__in=keys).values_list("key", "name"))


def offered(rows: Callable[[Asker], Any]) -> Callable[[Asker], list[tuple[str, str]]]:
    """Keys and names of the first few rows, for a form to suggest."""
    return lambda asker: list(
        rows(asker).order_by("region", "key").values_list("key", "name")[:_MOST_OFFERS]
    )


KEY = Field(
    name="key", title=_("Key"), is_fixed=True,
    note=_("Begins with the code of the county; made by itself where it is empty."),
)  # fmt: skip
NAME = Field(name="name", title=_("Name"), is_required=True)
NAME_EN = Field(name="name_en", title=_("English name"))
REGION = Field(
    name="region", title=_("Region"), kind=Kind.REGION, is_required=True, most=12,
    show=region_path, choices_for=_regions, offers=_villages,
    note=_("Code of the village, town or county."),
)  # fmt: skip
OWNER = Field(
    name="owner", title=_("Organisation"), most=64, names=_organisation_names,
    offers=_organisations,
    note=_("Key of the organisation that it belongs to."),
)  # fmt: skip
SHAPE = Field(name="shape", title=_("Place"), kind=Kind.SHAPE)
CONTACT = Field(name="contact", title=_("Contact"), most=64)
PHONE = Field(name="phone", title=_("Phone"), most=32)
ADDRESS = Field(name="address", title=_("Address"), most=256)
SINCE = Field(name="since", title=_("Stands so since"), kind=Kind.MOMENT, is_read_only=True)
TAIL = (ADDRESS, CONTACT, PHONE, OWNER, SHAPE, SINCE)
"""What every placed thing ends with."""
WHERE = Section(
    _("Where, and whom to call"), ("region", "address", "contact", "phone", "shape", "since")
)


def kind(words: Iterable[tuple[str, object]]) -> Field:
    """The kind of a thing, out of a few."""
    return Field(name="kind", title=_("Kind"), kind=Kind.CHOICE, is_required=True,
                 choices=lambda: chosen(words))  # fmt: skip


def people(name: str, title: Any) -> Field:
    """A number of people."""
    return Field(name=name, title=title, kind=Kind.WHOLE, low=0, high=100_000_000)


def chosen(words: Iterable[tuple[str, object]]) -> list[tuple[str, str]]:
    """Choices in the reader's language."""
    return [(value, str(title)) for value, title in words]
