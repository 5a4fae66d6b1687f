"""Call-downs: who has not answered, by place; without names and telephones."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from anlan.apps.atlas.queries import region_name
from anlan.apps.warning.acts import SEE
from anlan.apps.warning.queries.calling.silent import Village, villages
from anlan.site.api.door import asker_with

router = Router(tags=["warnings"])
_MOST = 1000


class PlaceOut(Schema):
    """A place with the calls of one warning. status: of the warning · region: of a village, or
    wider where the call asks for more · asked: not answered yet · desk: all tiers were silent, the
    desk must call · all: with those that have ended · due_at: when the first is passed on ·
    asked_at: of the newest call."""

    warning: str
    status: str
    region: str
    name: str
    asked: int
    desk: int
    all: int
    due_at: datetime | None
    asked_at: datetime


class Places(Schema):
    """Places; is_cut: there are more than 1,000."""

    items: list[PlaceOut]
    is_cut: bool


class Asked(Schema):
    """Which places."""

    warning: str = Field("", description="Key of a warning in force; all of them without it.")
    answered: bool = Field(False, description="1: also where everybody has answered.")


@router.get("/call-downs", response=Places, summary="Who has not answered, by place")
def list_places(request: HttpRequest, asked: Query[Asked]) -> Any:
    """Of warnings in force, the newest call-down of each; to be handled by hand first."""
    asker = asker_with(request, SEE)
    found = villages(asker, warning=asked.warning, is_all=asked.answered)
    return {"items": [_shown(one) for one in found[:_MOST]], "is_cut": len(found) > _MOST}


def _shown(one: Village) -> dict[str, Any]:
    names = ("region", "asked", "desk", "all", "due_at", "asked_at")
    told = {name: getattr(one, name) for name in names}
    return told | {
        "warning": one.warning.key,
        "status": one.warning.status,
        "name": region_name(one.region),
    }
