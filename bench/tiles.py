"""Tiles of the map of a province: cold, warm, and after a change.

ANLAN_BENCH_FEATURES of them (default 280,000; Shaanxi has 2.8 million), seven of ten things with a
jurisdiction, the rest base map, in ten counties on SQLite. A tile is asked for at random zooms
about random things, by a county, a city and a province: cold is its first time, with the positions
in memory and no tile kept; warm is its second. ANLAN_BENCH_DIR: where the database is kept.
"""

import itertools
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import shapely

COUNT = int(os.environ.get("ANLAN_BENCH_FEATURES", "280_000"))
TILES, _SEED, _AT_ONCE = 240, 7, 50_000
_NOW = datetime(2026, 7, 21, tzinfo=UTC)
_WEST, _SOUTH, _WIDE = 106.0, 32.0, 5.0
_SHARES = {"enterprise": 0.5, "target": 0.1, "facility": 0.1}
_BASE = {"building": (0.24, 9), "road": (0.05, 6), "label": (0.01, 7)}


def run() -> Iterator[dict[str, Any]]:
    """The figures, measured in a process of their own."""
    with tempfile.TemporaryDirectory() as folder:
        kept = os.environ.get("ANLAN_BENCH_DIR")
        place = Path(kept) / f"tiles-{COUNT}" if kept else Path(folder)
        place.joinpath("desk").mkdir(parents=True, exist_ok=True)
        env = {
            **os.environ, "ANLAN_DATA": str(place),
            "DJANGO_SETTINGS_MODULE": "anlan.site.settings",
        }  # fmt: skip
        command = [sys.executable, "-c", "import bench.tiles as b; b.measure()"]
        told = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
    for line in told.stdout.splitlines():
        what, unit, value = line.split("\t")
        yield {
            "name": f"tiles.{what}", "value": float(value), "unit": unit, "peer": None,
            "peer_value": None, "ratio": None, "cores": os.cpu_count(),
            "date": f"{datetime.now(UTC):%F}",
        }  # fmt: skip


def measure() -> None:
    """Prints name, unit and value of each figure, one a line."""
    import django

    django.setup()
    _fill()
    from anlan.apps.atlas.queries.tiles import INDEX, base_version, forget

    began = time.perf_counter()
    INDEX.rows()
    base_version()
    _tell("positions_read", "s", time.perf_counter() - began)
    _clear()
    for who in ("county", "city", "province"):
        _tiles(who)
    _base()
    _after_a_change()
    _tell("memory", "MB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    forget()


def _tell(what: str, unit: str, value: float) -> None:
    print(f"{what}\t{unit}\t{value:.2f}", flush=True)


def _clear() -> None:
    """No tile is kept, in memory or on disk."""
    import shutil

    from django.conf import settings

    shutil.rmtree(settings.PLACE.data / "desk" / "tiles", ignore_errors=True)


def _asked(seed: int) -> list[Any]:
    """Tiles about random things, at zooms from the province to the street."""
    from anlan.apps.atlas.queries.tiles import INDEX, tile_named

    chance, rows = random.Random(seed), INDEX.rows().columns
    found = []
    for _ in range(TILES):
        z, i = chance.randint(5, 15), chance.randrange(len(rows.x))
        found.append(tile_named(z, int(rows.x[i]) >> (30 - z), int(rows.y[i]) >> (30 - z)))
    return list(dict.fromkeys(found))


def _tiles(who: str) -> None:
    from anlan.apps.atlas.queries.tiles import Wanted, thing_tile
    from anlan.terms.places import Grant, Scope

    scope = Scope.of([Grant({"county": "610101", "city": "6101", "province": "61"}[who])])
    wanted = Wanted(at=int(_NOW.timestamp()) + 10)
    asked = _asked(_SEED)
    for state in ("cold", "warm"):
        took = [_timed(lambda t=t: thing_tile(scope, t, wanted)) for t in asked]
        _tell(f"things_{who}_{state}_p95", "ms", float(np.percentile(took, 95)))


def _base() -> None:
    from anlan.apps.atlas.queries.tiles import base_tile

    asked = [tile for tile in _asked(_SEED + 1) if tile.z <= 14]
    for state in ("cold", "warm"):
        took = [_timed(lambda t=t: base_tile(t)) for t in asked]
        _tell(f"base_{state}_p95", "ms", float(np.percentile(took, 95)))


def _after_a_change() -> None:
    """The first answer after a row was closed and a new one opened."""
    from anlan.apps.atlas.models import Enterprise
    from anlan.apps.atlas.queries.tiles import INDEX

    one = Enterprise.objects.standing().order_by("pk")[0]
    one.until = datetime.now(UTC)
    one.save()
    one.pk, one.until, one.since = None, None, datetime.now(UTC)
    one.save()
    INDEX._looked = float("-inf")
    _tell("after_a_change", "ms", _timed(INDEX.rows))


def _timed(act: Any) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def _fill() -> None:
    """The database, where the folder does not hold it already; indexes are made at the end."""
    from django.core.management import call_command
    from django.db import connection

    from anlan.apps.atlas.models import BaseFeature, Enterprise, Facility, Target
    from anlan.desk.geometry import build_indexes

    call_command("migrate", verbosity=0, skip_checks=True)
    if BaseFeature.objects.exists():
        return
    chance = np.random.default_rng(_SEED)
    models = (Enterprise, Target, Facility, BaseFeature)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type='trigger' AND name LIKE 'atlas_%'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')
    for model, share in zip(models, _SHARES.values(), strict=False):
        _things(model, int(COUNT * share), chance)
    _features(BaseFeature, chance)
    build_indexes(models)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("ANALYZE")


def _spots(count: int, chance: Any) -> tuple[Any, Any, Any]:
    """Longitude, latitude and county (0 to 9): three of four in towns, the others anywhere."""
    county = chance.integers(0, 10, count)
    towns = chance.random((10, 25, 2))
    at = towns[county, chance.integers(0, 25, count)] + chance.normal(0, 0.012, (count, 2))
    wild = chance.random(count) < 0.25
    at[wild] = chance.random((int(wild.sum()), 2))
    lon = _WEST + (county % 5 + np.clip(at[:, 0], 0, 1)) * _WIDE / 5
    lat = _SOUTH + (county // 5 + np.clip(at[:, 1], 0, 1)) * _WIDE / 5
    return lon, lat, county


def _put(model: Any, columns: dict[str, Any]) -> None:
    """Rows of some columns, the others as the model has them by default; quickly."""
    from django.db import connection, transaction

    fields = [one for one in model._meta.concrete_fields if not one.primary_key]
    usual = {one.column: one.get_db_prep_save(one.get_default(), connection) for one in fields}
    usual |= {"since": f"{_NOW:%F %T}"} if "since" in usual else {}
    names = list(usual)
    marks = ",".join(["%s"] * len(names))
    sql = f"INSERT INTO {model._meta.db_table} ({','.join(names)}) VALUES ({marks})"  # noqa: S608 - our own names
    values = [columns.get(name, itertools.repeat(usual[name])) for name in names]
    rows = zip(*values, strict=False)
    with transaction.atomic(), connection.cursor() as cursor:
        while part := list(itertools.islice(rows, _AT_ONCE)):
            cursor.executemany(sql, part)


def _shaped(shapes: Any) -> dict[str, Any]:
    sides = shapely.bounds(shapes).T.tolist()
    boxes = {f"shape_{side}": values for side, values in zip("wsen", sides, strict=True)}
    return {"shape": shapely.to_wkb(shapes).tolist(), **boxes}


def _things(model: Any, count: int, chance: Any) -> None:
    lon, lat, county = _spots(count, chance)
    village, kind = chance.integers(1, 200, count), chance.integers(0, 6, count)
    name = model.__name__.lower()
    keys = [f"{name}-{i}" for i in range(count)]
    codes = zip(county.tolist(), village.tolist(), strict=True)
    columns = {
        "key": keys, "owner": keys, "name": [f"西岭{key}" for key in keys],
        "region": [f"6101{c + 1:02}{v:03}001" for c, v in codes],
        **_shaped(shapely.points(lon, lat)),
    }  # fmt: skip
    if name != "enterprise":
        columns["kind"] = [f"kind{one}" for one in kind.tolist()]
    _put(model, columns)


def _features(model: Any, chance: Any) -> None:
    for layer, (share, rank) in _BASE.items():
        count = int(COUNT * share)
        lon, lat, _county = _spots(count, chance)
        turn, size = chance.random(count) * 6.3, 0.0001 if layer == "building" else 0.01
        begin = np.stack([lon, lat], axis=1)
        end = begin + size * np.stack([np.cos(turn), np.sin(turn)], axis=1)
        lines = shapely.linestrings(np.stack([begin, end], axis=1))
        made = {"label": shapely.points(begin), "road": lines}
        shapes = made[layer] if layer in made else shapely.envelope(lines)
        ranks = np.full(count, rank)
        if layer == "road":
            ranks = np.minimum(rank, chance.integers(1, 10, count))
        words = {"layer": [layer] * count, "kind": [layer] * count, "rank": ranks.tolist()}
        _put(model, {**words, **_shaped(shapes)})
