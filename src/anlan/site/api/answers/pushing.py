"""What may be done to risks: opened by the plan that was seen, answered, verified, passed on."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from anlan.apps.people.asker import Person
from anlan.apps.people.models.naming import new_key
from anlan.apps.warning.actions import risk as actions
from anlan.apps.warning.acts import OPEN_RISK, SEE_RISKS
from anlan.apps.warning.queries.risk import (
    Plan,
    Told,
    Written,
    may_act,
    plan_for,
    read_facts,
    risk_for,
)
from anlan.site.api.answers.risks import RiskMore, level_of, more
from anlan.site.api.door import asker_with
from anlan.terms.errors import Refused

router = Router(tags=["risks"])


class Fresh(Schema):
    """What was found. event: `pack:kind` · level: blue, yellow, orange or red · thing: key or whole
    name of an object or enterprise, which then says the region · origin: `alarm:KEY`,
    `warning:KEY`, `incoming:KEY`, or empty."""

    event: str = Field(max_length=128)
    level: str = Field(max_length=8)
    text: str = Field(max_length=2000)
    region: str = Field("", max_length=12)
    thing: str = Field("", max_length=128)
    origin: str = Field("", max_length=64)


class ToldOut(Schema):
    """Who would be told, as `pushes` of a risk says it; ways: kinds of letters."""

    seat: str
    gap: str
    person: str
    organisation: str
    is_holder: bool
    ways: list[str]


class PlanOut(Schema):
    """Who would be told of a risk, and who would be in charge. plan, key: to push by exactly this
    plan, once."""

    plan: str
    key: str
    holder: str
    holder_name: str
    holder_office: str
    told: list[ToldOut]
    take_by: datetime
    report_by: datetime
    close_by: datetime


class Pushed(Fresh):
    """The same with the plan that was seen, and the key that came with it."""

    plan: str = Field(max_length=32)
    key: str = Field(max_length=16)


class Seen(Schema):
    """version: of the risk as it was seen; 409 where somebody acted meanwhile."""

    version: int = Field(ge=0, lt=2**31)


class Said(Seen):
    """What is said to it."""

    text: str = Field(max_length=1024)


class Assigned(Said):
    """to: the account that is to be in charge; text: why."""

    to: str = Field(max_length=64)


@router.post("/risks/plan", response=PlanOut, summary="Who would be told of a risk")
def plan(request: HttpRequest, body: Fresh) -> Any:
    """Nothing leaves by it."""
    asker = asker_with(request, OPEN_RISK)
    return _planned(asker, plan_for(read_facts(asker, _written(body)), asker.now, asker.key))


@router.post("/risks/push", response=RiskMore, summary="Open a risk and push it")
def push(request: HttpRequest, body: Pushed) -> Any:
    """By the plan that was seen; 422 where it would be another one now. A second call with the same
    key opens nothing more."""
    asker = asker_with(request, OPEN_RISK)
    facts = read_facts(asker, _written(body))
    return more(asker, actions.open_risk(asker, facts, plan=body.plan, key=body.key))


@router.post("/risks/{slug:key}/take", response=RiskMore, summary="Take it over")
def take(request: HttpRequest, key: str, body: Seen) -> Any:
    """Whoever is in charge."""
    return _done(request, key, body, does=actions.take, verb="take")


@router.post("/risks/{slug:key}/report", response=RiskMore, summary="Report on it")
def report(request: HttpRequest, key: str, body: Said) -> Any:
    """What was found and done; pictures are sent on the page."""
    return _done(request, key, body, does=actions.report, verb="report")


@router.post("/risks/{slug:key}/ask", response=RiskMore, summary="Ask to close it")
def ask(request: HttpRequest, key: str, body: Said) -> Any:
    """Another person verifies."""
    return _done(request, key, body, does=actions.ask, verb="ask")


@router.post("/risks/{slug:key}/close", response=RiskMore, summary="Verify and close it")
def close(request: HttpRequest, key: str, body: Said) -> Any:
    """Nobody who had a hand in it."""
    return _done(request, key, body, does=actions.close, verb="close")


@router.post("/risks/{slug:key}/send-back", response=RiskMore, summary="Send it back")
def send_back(request: HttpRequest, key: str, body: Said) -> Any:
    """It is not in order yet, and why."""
    return _done(request, key, body, does=actions.send_back, verb="send_back")


@router.post("/risks/{slug:key}/assign", response=RiskMore, summary="Put somebody else in charge")
def assign(request: HttpRequest, key: str, body: Assigned) -> Any:
    """Who then takes it over anew."""
    return _done(request, key, body, does=actions.assign, verb="assign")


def _done(
    request: HttpRequest, key: str, body: Seen, *, does: Callable[..., actions.Done], verb: str
) -> dict[str, Any]:
    """The risk as it is afterwards; 403, 409 or 422 with the reason where nothing was done."""
    asker = asker_with(request, SEE_RISKS)
    try:
        return more(asker, does(asker, key, **body.dict()).risk)
    except Refused as error:
        raise HttpError(_status(asker, key, body.version, verb=verb), str(error)) from error


def _status(asker: Person, key: str, version: int, *, verb: str) -> int:
    risk = risk_for(asker, key)
    if not may_act(asker, verb, risk):
        return 403
    return 409 if version != risk.version else 422


def _written(body: Fresh) -> Written:
    return Written(
        event=body.event, level=level_of(body.level), region=body.region, text=body.text,
        thing=body.thing, origin=body.origin,
    )  # fmt: skip


def _planned(asker: Person, found: Plan) -> dict[str, Any]:
    holder = found.holder
    return {
        "plan": found.digest, "key": new_key(), "holder": holder.user.key,
        "holder_name": holder.user.name, "holder_office": holder.office,
        "told": [_told(one) for one in found.told],
        **{f"{what}_by": found.by(what, asker.now) for what in ("take", "report", "close")},
    }  # fmt: skip


def _told(one: Told) -> dict[str, Any]:
    line = one.line
    return {
        "seat": one.seat, "gap": one.gap, "person": line.person if line else "",
        "organisation": line.organisation.name if line else "", "is_holder": one.is_holder,
        "ways": sorted(one.ways),
    }  # fmt: skip
