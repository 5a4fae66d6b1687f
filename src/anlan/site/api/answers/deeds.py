"""What may be done to alarms: each verb with the version of the alarm as it was seen."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from anlan.apps.people.asker import Person
from anlan.apps.watch import actions, acts
from anlan.apps.watch.queries import alarm_for, may_act
from anlan.site.api.answers.alarms import AlarmOut, shown
from anlan.site.api.door import asker_with
from anlan.terms.errors import Refused

router = Router(tags=["handling"])


class Seen(Schema):
    """version: of the alarm as it was seen; 409 where somebody acted meanwhile."""

    version: int = Field(ge=0, lt=2**31)


class Assigned(Seen):
    """To whom: the key of an organisation, and in it an account, or nobody yet."""

    organisation: str = Field(max_length=64)
    person: str = Field("", max_length=64)
    note: str = Field("", max_length=1024)


class Explained(Seen):
    """What caused it, and what was done."""

    cause: str = Field(max_length=256)
    measure: str = Field(max_length=1024)


class Remark(Schema):
    """A remark; it stands beside what others do, so it needs no version."""

    text: str = Field(max_length=1024)
    version: int | None = Field(None, ge=0, lt=2**31)


class Reasoned(Seen):
    """Why."""

    reason: str = Field(max_length=256)


class Closing(Seen):
    """reason: needed where the alarm still stands."""

    reason: str = Field("", max_length=256)


@router.post("/alarms/{slug:key}/acknowledge", response=AlarmOut, summary="Acknowledge it")
def acknowledge(request: HttpRequest, key: str, body: Seen) -> Any:
    """Somebody in charge has seen it."""
    return _done(request, key, body, does=actions.acknowledge, act=acts.ACKNOWLEDGE)


@router.post("/alarms/{slug:key}/assign", response=AlarmOut, summary="Assign it")
def assign(request: HttpRequest, key: str, body: Assigned) -> Any:
    """An organisation, or somebody in it, is to deal with it."""
    return _done(request, key, body, does=actions.assign, act=acts.ASSIGN)


@router.post("/alarms/{slug:key}/start", response=AlarmOut, summary="Begin work on it")
def start(request: HttpRequest, key: str, body: Seen) -> Any:
    """Who begins is in charge where nobody was named."""
    return _done(request, key, body, does=actions.start, act=acts.START)


@router.post("/alarms/{slug:key}/explain", response=AlarmOut, summary="Explain it")
def explain(request: HttpRequest, key: str, body: Explained) -> Any:
    """Its cause, and what was done."""
    return _done(request, key, body, does=actions.explain, act=acts.EXPLAIN)


@router.post("/alarms/{slug:key}/comment", response=AlarmOut, summary="Comment on it")
def comment(request: HttpRequest, key: str, body: Remark) -> Any:
    """Also on a closed alarm."""
    return _done(request, key, body, does=actions.comment, act=acts.COMMENT)


@router.post("/alarms/{slug:key}/false", response=AlarmOut, summary="Mark it as false")
def mark_false(request: HttpRequest, key: str, body: Reasoned) -> Any:
    """It can then be closed although it stands."""
    return _done(request, key, body, does=actions.mark_false, act=acts.MARK_FALSE)


@router.post("/alarms/{slug:key}/close", response=AlarmOut, summary="Close it")
def close(request: HttpRequest, key: str, body: Closing) -> Any:
    """Needs an explanation and recovery, or a false mark; a chief's reason where it stands."""
    return _done(request, key, body, does=actions.close, act=acts.CLOSE)


def _done(
    request: HttpRequest, key: str, body: Any, *, does: Callable[..., Any], act: str
) -> dict[str, Any]:
    """The alarm as it is afterwards; 403, 409 or 422 with the reason where nothing was done."""
    asker = asker_with(request, acts.SEE)
    try:
        return shown(does(asker, key, **body.model_dump()))
    except Refused as error:
        raise HttpError(_status(asker, key, body.version, act=act), str(error)) from error


def _status(asker: Person, key: str, version: int | None, *, act: str) -> int:
    alarm = alarm_for(asker, key)
    if not may_act(asker, act, alarm):
        return 403
    return 409 if version is not None and version != alarm.version else 422
