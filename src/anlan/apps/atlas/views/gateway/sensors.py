"""What a device measures, with the newest values."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from anlan.apps.atlas.history import STORE, Point
from anlan.apps.atlas.meaning import amount_of, measure_of, quantity_title
from anlan.apps.atlas.queries.gateway.heard import Found
from anlan.desk.asker import Asker
from anlan.terms.errors import AnlanError

_BACK_MS, _MOST = 30 * 86_400_000, 200


def sensors_shown(asker: Asker, found: Found) -> list[dict[str, Any]]:
    """Title, key, object and newest value of the last month of each quantity."""
    now = int(asker.now.timestamp() * 1000)
    points: dict[int, Point] = {}
    with suppress(AnlanError):  # the page says the rest
        points = STORE.newest([one.handle for one in found.sensors.values()], now - _BACK_MS, now)
    rows = []
    for spoken in found.spoken[:_MOST]:
        sensor = found.sensors.get(spoken.key)
        measure = measure_of(spoken.protocol, spoken.quantity)
        title = measure.title if measure else spoken.quantity
        point = points.get(sensor.handle) if sensor else None
        quantity = sensor.quantity if sensor else ""
        rows.append({
            "key": spoken.key, "title": title, "sensor": sensor,
            "quantity": quantity_title(quantity) if quantity else "",
            "value": amount_of(point.value if point else None, quantity),
            "at": datetime.fromtimestamp(point.time / 1000, UTC) if point else None,
        })  # fmt: skip
    return rows
