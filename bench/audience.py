"""The audience of a polygon of 200 corners among the public's subscribers.

ANLAN_BENCH_SUBSCRIBERS of them (default 1,000,000), with places about a city, on SQLite, and on
PostgreSQL too where ANLAN_BENCH_DATABASE or `tools/with-postgresql` names an empty one. The
polygon holds about a fifth of them. ANLAN_BENCH_DIR: keeps the SQLite file for the next run.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

COUNT = int(os.environ.get("ANLAN_BENCH_SUBSCRIBERS", "1_000_000"))
RUNS, CORNERS, _BATCH = 7, 200, 20_000
WEST, SOUTH, SIDE = 118.0, 30.0, 1.2
_NOW = datetime(2026, 7, 21, tzinfo=UTC)
_SHARES = {"email": 0.25, "sms": 0.25, "push": 0.25, "webhook": 0.05, "mqtt": 0.2}


def run() -> Iterator[dict[str, Any]]:
    """The figures of each database, in a process of its own."""
    named = os.environ.get("ANLAN_BENCH_DATABASE") or os.environ.get("ANLAN_TEST_DATABASE")
    for url in ["", *([named] if named else [])]:
        with tempfile.TemporaryDirectory(dir=os.environ.get("ANLAN_BENCH_DIR")) as folder:
            kept = os.environ.get("ANLAN_BENCH_DIR") if not url else None
            place = Path(kept or folder) / (f"audience-{COUNT}" if kept else "")
            place.joinpath("desk").mkdir(parents=True, exist_ok=True)
            if url:
                place.joinpath("anlan.toml").write_text(f'database = "{url}"\n')
            yield from _measured(place, "postgresql" if url else "sqlite")


def _measured(place: Path, name: str) -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-c", "import bench.audience as b; b.measure()"]
    env = {**os.environ, "ANLAN_DATA": str(place), "DJANGO_SETTINGS_MODULE": "anlan.site.settings"}
    told = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True)
    for line in told.stdout.splitlines():
        what, value, unit = line.split("\t")
        yield {
            "name": f"audience_{name}_{what}", "value": float(value), "unit": unit, "peer": None,
            "peer_value": None, "ratio": None, "cores": os.cpu_count(),
            "date": datetime.now(UTC).date().isoformat(),
        }  # fmt: skip


def measure() -> None:
    """Fills the database where it is empty, asks, and prints name, value and unit a line."""
    import django

    django.setup()
    from django.core.management import call_command

    from anlan.apps.warning.models import Subscription
    from anlan.apps.warning.queries.audience import subscribers_of

    call_command("migrate", verbosity=0)
    if not Subscription.objects.exists():
        fill(COUNT)
    content = polygon_content()
    subscribers_of(content, "Actual")
    times = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        told = len(subscribers_of(content, "Actual"))
        times.append((time.perf_counter() - begin) * 1e3)
    print(f"p95\t{np.percentile(times, 95):.1f}\tms")
    print(f"told\t{told}\tsubscribers")


def polygon_content() -> dict[str, Any]:
    """An orange warning of rain for a star of 200 corners in the middle of the city."""
    import shapely

    turns = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    reach = SIDE * (0.28 + 0.06 * (np.arange(CORNERS) % 2))
    middle = np.array([WEST + SIDE / 2, SOUTH + SIDE / 2])
    corners = middle + np.stack([np.cos(turns), np.sin(turns)], 1) * reach[:, None]
    shape = shapely.to_geojson(shapely.Polygon(corners))
    return {"shape": shape, "regions": [], "event": "11B03", "level": 3}


def fill(count: int) -> None:
    """Confirmed subscribers with places by chance; a tenth want other kinds, a tenth red only."""
    from django.db import connection, transaction

    from anlan.apps.warning.models import Subscription

    chance = np.random.default_rng(7)
    ways = chance.choice(list(_SHARES), count, p=list(_SHARES.values())).tolist()
    spots = (np.array([WEST, SOUTH]) + chance.random((count, 2)) * SIDE).tolist()
    few = chance.integers(0, 10, count).tolist()
    for start in range(0, count, _BATCH):
        with transaction.atomic():
            numbers = range(start, min(start + _BATCH, count))
            rows = [_row(n, ways[n], spots[n], few[n]) for n in numbers]
            Subscription.objects.bulk_create(rows, batch_size=2000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")


def _row(number: int, way: str, spot: list[float], few: int) -> Any:
    from anlan.apps.warning.models import Subscription

    lon, lat = spot
    return Subscription(
        key=f"s{number}", way=way, address=f"{number}@example.org", digest=f"{number:064d}",
        lon=lon, lat=lat, region="990101", spot=f"{lon:.5f},{lat:.5f}", least=4 if few == 0 else 1,
        kinds=",11A," if few == 1 else "", state="confirmed", asked_at=_NOW, confirmed_at=_NOW,
    )  # fmt: skip
