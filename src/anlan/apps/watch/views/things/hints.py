"""Hints of a sensor: what the advisory detectors say of its course; they change no alarm."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from anlan.apps.atlas.history import STORE
from anlan.apps.atlas.meaning import packs, unit_of_quantity
from anlan.apps.atlas.models import Limit as LimitRow
from anlan.apps.atlas.models import Sensor as SensorRow
from anlan.apps.atlas.queries import sensors
from anlan.desk.doors import asker_of, signed_in
from anlan.live.hints.advice import (
    Course,
    Subject,
    advise,
    gate_of,
    known_of,
    limits_at,
    windows_of,
)
from anlan.live.hints.wording import lines
from anlan.live.hints.words import words_of
from anlan.terms.errors import AnlanError
from anlan.terms.levels import Level
from anlan.terms.sensors import Limit, Sensor
from anlan.terms.times import FOREVER, NEVER

_SHOWN_MS = 30 * 60_000


@signed_in
def hints(request: HttpRequest, key: str) -> HttpResponse:
    """The sentences for one sensor; asked for when somebody opens them."""
    asker = asker_of(request)
    row = sensors(asker).filter(key=key).first()
    if row is None:
        raise Http404
    words = words_of("en" if (get_language() or "").startswith("en") else "zh-hans")
    try:
        advice = advise(_load(row), _subject(row), now=int(asker.now.timestamp() * 1000))
    except AnlanError:
        advice = None
    said = lines(advice, unit_of_quantity(row.quantity), words) if advice else []
    return render(request, "watch/things/hints.html", {"said": said})


def _subject(row: SensorRow) -> Subject:
    sensor, rules = _sensor(row), [pack.rule_set for pack in packs().values()]
    gate = gate_of(sensor, rules)
    own = [_limit(one) for one in LimitRow.objects.filter(sensor_key=row.key)]
    return Subject(
        sensor=sensor,
        gate=gate,
        limits=lambda at: limits_at(sensor, own, rules, at=at),
        shown_ms=_SHOWN_MS,
        windows=windows_of(sensor.interval_ms or gate.interval_ms),
    )


def _load(row: SensorRow) -> Any:
    gate = gate_of(_sensor(row), [pack.rule_set for pack in packs().values()])

    def load(low: int, high: int) -> Course:
        return known_of(STORE.rows(row.handle, low, high), gate)

    return load


def _sensor(row: SensorRow) -> Sensor:
    interval = None if row.interval_s is None else round(1000 * row.interval_s)
    return Sensor(key=row.key, quantity=row.quantity, object=row.object_key, interval_ms=interval)


def _limit(row: LimitRow) -> Limit:
    return Limit(
        sensor=row.sensor_key,
        level=Level(row.level),
        value=row.value,
        direction="low" if row.direction == "low" else "high",
        deadband=row.deadband,
        valid_from=NEVER if row.since is None else int(row.since.timestamp() * 1000),
        valid_to=FOREVER if row.until is None else int(row.until.timestamp() * 1000),
        source=row.source,
    )
