"""Who is on duty now."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from anlan.apps.people.acts import SEE_DUTY
from anlan.apps.people.models import Duty
from anlan.apps.people.queries.duty import duties
from anlan.site.api.door import asker_with
from anlan.site.api.paging import Asked, page, told
from anlan.terms.places import Grant, is_region

router = Router(tags=["duty"])


class DutyOut(Schema):
    """Somebody on duty for an organisation."""

    organisation: str
    organisation_name: str
    region: str
    person: str
    phone: str
    starts_at: datetime
    ends_at: datetime


class Duties(Schema):
    """A page of those on duty."""

    items: list[DutyOut]
    next: str


class Where(Asked):
    """Of which district."""

    region: str = Field("", max_length=12, description="Code; organisations that sit in it.")


@router.get("/duty", response=Duties, summary="Who is on duty now")
def on_duty(request: HttpRequest, asked: Query[Where]) -> Any:
    """Of the organisations of the jurisdiction."""
    asker = asker_with(request, SEE_DUTY)
    rows = duties(asker).filter(starts_at__lte=asker.now, ends_at__gt=asker.now)
    if asked.region:
        code = asked.region
        here = Q(organisation__region__range=Grant(code).span) if is_region(code) else Q(pk=None)
        rows = rows.filter(here)
    return told(page(rows, asked, order=("pk",)), _shown)


def _shown(one: Duty) -> dict[str, Any]:
    names = ("person", "phone", "starts_at", "ends_at")
    return {name: getattr(one, name) for name in names} | {
        "organisation": one.organisation.key,
        "organisation_name": one.organisation.name,
        "region": one.organisation.region,
    }
