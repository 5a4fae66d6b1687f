"""GET /charts/<sensor>.json: the course of a sensor with its thresholds and its alarms."""

from datetime import UTC, datetime
from typing import Any

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    JsonResponse,
)
from django.utils.translation import gettext as _

from anlan.apps.atlas.history import MOST_POINTS, STORE, Point
from anlan.apps.atlas.meaning import quantity_title, states_of_quantity, unit_of_quantity
from anlan.apps.atlas.models import Limit, Sensor
from anlan.apps.atlas.queries import sensors
from anlan.apps.watch.queries import alarms
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, signed_in
from anlan.packs.units import decimals, sign_of
from anlan.terms.levels import Level

_HOUR_MS, _LONGEST_MS = 3_600_000, 400 * 86_400_000
_NARROW, _WIDE = 50, 4000


@signed_in
def chart(request: HttpRequest, key: str) -> HttpResponse:
    """The chart of a sensor between two times, ms UTC; the last day without them."""
    asker = asker_of(request)
    sensor = sensors(asker).filter(key=key).first()
    if sensor is None:
        raise Http404
    now = int(asker.now.timestamp() * 1000)
    try:
        high = int(request.GET.get("to") or now)
        low = int(request.GET.get("from") or high - 24 * _HOUR_MS)
        width = max(_NARROW, min(_WIDE, int(request.GET.get("width") or 800)))
    except ValueError:
        return HttpResponseBadRequest(_("from, to and width are whole numbers."))
    high = min(high, now + _HOUR_MS)
    if low < 0 or not 0 < high - low <= _LONGEST_MS:
        return HttpResponseBadRequest(_("from must lie before to, by 400 days at most."))
    return JsonResponse(_chart(asker, sensor, low, high=high, width=width))


def _chart(asker: Asker, sensor: Sensor, low: int, *, high: int, width: int) -> dict[str, Any]:
    points = STORE.course(sensor.handle, low, high, points=min(MOST_POINTS, 2 * width))
    unit = unit_of_quantity(sensor.quantity)
    return {
        "from": low,
        "to": high,
        "series": [
            {
                "key": sensor.key,
                "name": quantity_title(sensor.quantity),
                "unit": sign_of(unit),
                "decimals": decimals(unit),
                "states": states_of_quantity(sensor.quantity),
                "points": with_gaps(points, _gap_ms(sensor, points)),
                "band": [[p.time, p.low, p.high] for p in points if p.low != p.high],
            }
        ],
        "limits": _limits(sensor, low, high),
        "episodes": _episodes(asker, sensor, low, high=high),
    }


def _gap_ms(sensor: Sensor, points: list[Point]) -> float:
    """From so long a silence on the line is broken: three intervals, or steps of the chart."""
    own = 1000 * (sensor.interval_s or 300)
    step = (points[-1].time - points[0].time) / (len(points) - 1) if len(points) > 1 else 0
    return float(max(3 * own, 3 * step))


def with_gaps(points: list[Point], gap_ms: float) -> list[list[float | None]]:
    """[[ms, value] …] with a null where nothing came for longer than a gap."""
    rows: list[list[float | None]] = []
    for before, point in zip([None, *points], points, strict=False):
        if before is not None and point.time - before.time > gap_ms:
            rows.append([before.time + 1, None])
        rows.append([point.time, point.value])
    return rows


def _limits(sensor: Sensor, low: int, high: int) -> list[dict[str, Any]]:
    """The limits that were in force somewhere in the span."""
    found = Limit.objects.filter(sensor_key=sensor.key)
    rows = [(one, _ms(one.since), _ms(one.until)) for one in found]
    return [
        {
            "level": Level(one.level).word,
            "value": one.value,
            "direction": one.direction,
            "from": since,
            "to": until,
            "label": one.source,
        }
        for one, since, until in rows
        if (since is None or since < high) and (until is None or until > low)
    ]


def _episodes(asker: Asker, sensor: Sensor, low: int, *, high: int) -> list[dict[str, Any]]:
    """The alarms of the sensor's object in which it had a part."""
    start = datetime.fromtimestamp(low / 1000, UTC)
    end = datetime.fromtimestamp(high / 1000, UTC)
    rows = alarms(asker).filter(
        object_key=sensor.object_key, parts__sensor_key=sensor.key, raised_at__lt=end
    )
    return [
        {
            "level": Level(one.peak).word,
            "from": _ms(one.raised_at),
            "to": _ms(one.recovered_at),
            "label": one.key,
        }
        for one in rows.distinct()
        if one.recovered_at is None or one.recovered_at > start
    ]


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)
