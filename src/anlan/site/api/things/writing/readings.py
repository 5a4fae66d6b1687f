"""Observations are sent to the intake with the key of their source: durable before it answers."""

import json
from datetime import datetime
from typing import Any, Final, NoReturn

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from anlan.apps.atlas.actions import follow_to
from anlan.apps.atlas.models import Sensor
from anlan.apps.people.queries import person_of_key
from anlan.desk.doors import asker_of
from anlan.live.prepared import SHOWN
from anlan.live.reach import Running, running
from anlan.site.api.things.ask.address import Step, link_to
from anlan.site.api.things.door import DeniedError, passwords
from anlan.site.api.things.model.readings import key_of
from anlan.site.api.things.telling.values import sent
from anlan.site.api.things.writing.bodies import (
    Body,
    body_of,
    link_in,
    list_in,
    object_in,
    only,
    time_in,
)
from anlan.terms.errors import Malformed, Refused, Unavailable
from anlan.terms.quality import quality_named
from anlan.terms.times import format_time

_MOST: Final = 50_000
_NAMES = frozenset({"phenomenonTime", "resultTime", "result", "resultQuality", "Datastream",
                    "FeatureOfInterest"})  # fmt: skip
_FOREIGN = "The key of the source may not write this Datastream, or there is none."
_STATUS = {403: 403, 404: 403, 409: 409}
Reading = dict[str, Any]


def is_there(path: list[Step]) -> bool:
    """Whether readings are posted to a path."""
    names = [(one.name, one.key is None) for one in path]
    return names in ([("Observations", True)], [("CreateObservations", True)],
                     [("Datastreams", False), ("Observations", True)])  # fmt: skip


def post(request: HttpRequest, path: list[Step], base: str) -> HttpResponse:
    """Stores one observation, or those of arrays."""
    key, now = source_of(request), asker_of(request).now
    if path[0].name == "CreateObservations":
        return _arrays(list_in(body_of(request), "body", 1000), (key, now, base))
    reading = reading_of(object_in(body_of(request)), path[0].key or "", now)
    refused = _store(key, [reading])
    if refused:
        _refuse(refused[0])
    address = _addresses([reading], base)[0]
    answer = sent({"@iot.id": address[0], "@iot.selfLink": address[1]}, 201)
    answer.headers["Location"] = address[1]
    return answer


def source_of(request: HttpRequest) -> str:
    """The key of the source. Raises DeniedError where there is none beside that of a program."""
    now = asker_of(request).now
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    told = [request.headers.get("X-API-Key", ""), *passwords(request)]
    told.append(bearer.strip() if scheme.lower() == "bearer" else "")
    found = next((one for one in told if one and person_of_key(one, now) is None), "")
    if not found or not (found.isascii() and found.isprintable()):
        status = 403 if asker_of(request).is_known else 401
        raise DeniedError(status, "Observations need the key of a source: Bearer, X-API-Key or "
                                  "the password of Basic.")  # fmt: skip
    return found


def read(request: HttpRequest, stream: str, bodies: list[Any]) -> list[Reading]:
    """Observations of a datastream that is to be. Raises Malformed, naming the property."""
    now = asker_of(request).now
    return [reading_of(object_in(one, "Observations"), stream, now) for one in bodies]


def check(request: HttpRequest) -> None:
    """Raises DeniedError without the key of a source, Unavailable where nothing is taken in."""
    _store(source_of(request), [])


def store(request: HttpRequest, readings: list[Reading]) -> list[dict[str, str]]:
    """Stores readings, all that may be; tells which were refused, and why."""
    refused = _store(source_of(request), readings) if readings else []
    return [
        {
            "Datastream": readings[one["index"]]["sensor"],
            "phenomenonTime": format_time(readings[one["index"]]["time"]),
            "message": _reason(one),
        }
        for one in refused
    ]


def reading_of(body: Body, stream: str, now: datetime) -> Reading:
    """An observation as the intake reads it. Raises Malformed, naming the property."""
    only(body, _NAMES, "reading")
    sensor = stream or link_in(body, "Datastream")
    if not sensor:
        raise Malformed("Which Datastream it belongs to is missing.", where="Datastream")
    feature = link_in(body, "FeatureOfInterest")
    if "FeatureOfInterest" in body and feature != sensor:
        raise Malformed("It is the place of the sensor, with the id of its Datastream.",
                        where="FeatureOfInterest")  # fmt: skip
    found = {"sensor": sensor, "time": time_in(body.get("phenomenonTime"), "phenomenonTime", now),
             "value": _number(body), "quality": _quality(body)}  # fmt: skip
    if body.get("resultTime") is not None:
        found["received"] = time_in(body["resultTime"], "resultTime", now)
    return found


def _number(body: Body) -> float | int | None:
    if "result" not in body:
        raise Malformed("The result is missing.", where="result")
    value = body["result"]
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise Malformed("A result is a number, or null where it is missing.", where="result")
    return value


def _quality(body: Body) -> str:
    try:
        return quality_named(str(body.get("resultQuality") or "")).word
    except ValueError as error:
        raise Malformed("This is good, uncertain or bad.", where="resultQuality") from error


def _store(key: str, readings: list[Reading]) -> list[dict[str, Any]]:
    """Sends readings; those that were refused, each with its place among them."""
    live = running(settings.PLACE.data)
    if live is None:
        raise Unavailable("The service that takes readings is away.", retry_after_s=5)
    source = live.as_source(key)
    try:
        return _refused(source, readings)
    except Refused as error:
        raise DeniedError(401, str(error)) from error
    finally:
        source.close()
        live.close()


def _refused(source: Running, readings: list[Reading]) -> list[dict[str, Any]]:
    """Every refusal: where an answer lists a part of them, the same is sent again in parts; what
    was stored is stored once."""
    told = _sent(source, readings)
    if sum(told.get("refused_counts", {}).values()) <= len(told["refused"]):
        return list(told["refused"])
    found: list[dict[str, Any]] = []
    for start in range(0, len(readings), SHOWN):
        part = _sent(source, readings[start : start + SHOWN])["refused"]
        found += [{**one, "index": start + one["index"]} for one in part]
    return found


def _sent(source: Running, readings: list[Reading]) -> dict[str, Any]:
    told: dict[str, Any] = source.ask("POST", "/api/v1/readings", json.dumps(readings).encode())
    return told


def _refuse(row: dict[str, Any]) -> NoReturn:
    status = _STATUS.get(row["status"], 400)
    raise DeniedError(status, _reason(row))


def _addresses(readings: list[Reading], base: str) -> list[tuple[str, str]]:
    """Id and address of each."""
    keys = {one["sensor"] for one in readings}
    handles = _handles(keys)
    if len(handles) < len(keys):
        with transaction.atomic():
            follow_to(settings.PLACE.data, timezone.now())
        handles = _handles(keys)
    ids = [key_of(handles[one["sensor"]], one["time"]) for one in readings]
    return [(one, f"{base}/{link_to('Observations', one)}") for one in ids]


def _handles(keys: set[str]) -> dict[str, int]:
    return dict(Sensor.objects.filter(key__in=keys).values_list("key", "handle"))


def _arrays(groups: list[Any], by: tuple[str, datetime, str]) -> HttpResponse:
    """One answer for each row: its address, or `error` with the reason."""
    key, now, base = by
    told: list[str | Reading] = []
    for group in groups:
        told += _rows(object_in(group), now)
    readings = [one for one in told if isinstance(one, dict)]
    if len(told) > _MOST:
        raise Malformed(f"At most {_MOST} readings at once.", where="body")
    refused = {one["index"]: one for one in _store(key, readings)} if readings else {}
    kept = [one for at, one in enumerate(readings) if at not in refused]
    addresses = iter(_addresses(kept, base)) if kept else iter(())
    answers, at = [], -1
    for one in told:
        if isinstance(one, str):
            answers.append(one)
            continue
        at += 1
        answers.append(_why(refused[at]) if at in refused else next(addresses)[1])
    return sent(answers, 201)


def _why(row: dict[str, Any]) -> str:
    return f"error: {_reason(row)}"


def _reason(row: dict[str, Any]) -> str:
    return _FOREIGN if row["status"] in (403, 404) else str(row["reason"])


def _rows(group: Body, now: datetime) -> list[str | Reading]:
    stream = link_in(group, "Datastream")
    names = list_in(group.get("components"), "components", 20)
    found: list[str | Reading] = []
    for cells in list_in(group.get("dataArray"), "dataArray", _MOST):
        try:
            row = dict(zip(names, list_in(cells, "dataArray", 20), strict=True))
            feature = row.pop("FeatureOfInterest/id", None)
            if feature is not None:
                row["FeatureOfInterest"] = {"@iot.id": feature}
            found.append(reading_of(row, stream, now))
        except (Malformed, ValueError, TypeError) as error:
            found.append(f"error: {error}")
    return found
