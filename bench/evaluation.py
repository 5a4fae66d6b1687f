"""The evaluation page of a year of warnings, and of the last month of them.

ANLAN_BENCH_MESSAGES messages (default 50,000, two to a warning) over a year, and as many alarms, in
the towns of ten counties, on SQLite, and on PostgreSQL too where ANLAN_BENCH_DATABASE names an
empty one. Measured is the whole page, through its view and its template.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

COUNT = int(os.environ.get("ANLAN_BENCH_MESSAGES", "50_000"))
RUNS = 5
_YEAR_S = 365 * 86_400
_PACKS = (("flood", "11B03", "暴雨", "flood.water_level.level"),
          ("geohazard", "11C01", "滑坡", "geohazard.rain.level"))  # fmt: skip


def run() -> Iterator[dict[str, Any]]:
    """The figures of each database, in a process of its own."""
    urls = [""] + (
        [os.environ["ANLAN_BENCH_DATABASE"]] if "ANLAN_BENCH_DATABASE" in os.environ else []
    )
    for url in urls:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            place.joinpath("desk").mkdir()
            if url:
                place.joinpath("anlan.toml").write_text(f'database = "{url}"\n')
            yield from _measured(place, "postgresql" if url else "sqlite")


def _measured(place: Path, name: str) -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-c", "import bench.evaluation as b; b.measure()"]
    env = {**os.environ, "ANLAN_DATA": str(place), "DJANGO_SETTINGS_MODULE": "anlan.site.settings"}
    told = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True)
    for line in told.stdout.splitlines():
        what, value = line.split("\t")
        yield {
            "name": f"evaluation_{name}_{what}", "value": float(value), "unit": "ms", "peer": None,
            "peer_value": None, "ratio": None, "cores": os.cpu_count(),
            "date": datetime.now(UTC).date().isoformat(),
        }  # fmt: skip


def measure() -> None:
    """Fills the database, asks, and prints a name and the middle time of a few runs a line."""
    import django

    django.setup()
    from django.test import Client

    from anlan.site.crew.prepare import prepare

    prepare()
    now = datetime.now(UTC).replace(microsecond=0)
    client = Client(headers={"accept": "text/html", "host": "localhost"})
    client.force_login(fill(now))
    first = (now - timedelta(days=365)).date()
    for what, query in {
        "month": "", "month_of_a_county": "?region=990101", "year": f"?since={first}",
        "year_of_a_county": f"?since={first}&region=990101", "year_red": f"?since={first}&level=4",
    }.items():  # fmt: skip
        print(f"{what}\t{_middle(client, f'/warnings/evaluation/{query}'):.0f}", flush=True)


def _middle(client: Any, path: str) -> float:
    times = []
    for _run in range(RUNS):
        begin = time.perf_counter()
        answer = client.get(path)
        times.append((time.perf_counter() - begin) * 1e3)
        assert answer.status_code == 200, answer.status_code
    return float(np.median(times))


def fill(now: datetime) -> Any:
    """Alarms, warnings and their messages; who asks, for the whole city."""
    from django.db import connection

    from anlan.apps.people.models import Organisation, Post, User
    from anlan.apps.watch.models import Alarm

    office = Organisation.objects.create(key="office", name="局", kind="government", region="9901")
    user = User.objects.create(key="bench", name="bench", created_at=now)
    Post.objects.create(user=user, role="chief", organisation=office, region="9901",
                        since=now - timedelta(days=400))  # fmt: skip
    chance = np.random.default_rng(7)
    begun = [now - timedelta(seconds=float(s)) for s in chance.uniform(3600, _YEAR_S, COUNT)]
    Alarm.objects.bulk_create(
        [_alarm(n, at, chance) for n, at in enumerate(begun)], batch_size=2000
    )
    _warn(begun[: COUNT // 2], chance)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return user


def _town(n: int) -> tuple[str, float, float]:
    """Code and place of a town, twenty to a county."""
    county, town = n % 10 + 1, n // 10 % 20 + 1
    return f"9901{county:02}{town:03}", 118.0 + county / 5 + town / 200, 30.0 + town / 100


def _alarm(n: int, at: datetime, chance: Any) -> Any:
    from anlan.apps.watch.models import Alarm

    pack, _event, _name, rule = _PACKS[n % 2]
    region, lon, lat = _town(n // 2)
    level = int(chance.integers(1, 5))
    return Alarm(
        key=f"a{n}", object_key=f"o{n}", object_name=f"测站{n % 9000}", kind="reach",
        pack=pack, rule=rule, region=region, lon=lon, lat=lat, level=0, peak=level, raised_at=at,
        state="closed",
        first_at=at, changed_at=at, revision=n, recovered_at=at + timedelta(hours=2),
    )  # fmt: skip


def _warn(begun: list[datetime], chance: Any) -> None:
    """A warning before most of those alarms, lifted hours later; a third also by a drawn area."""
    import shapely

    from anlan.apps.warning.models import Message, Warning
    from anlan.apps.warning.queries.writing.content import content_of

    warnings, messages = [], []
    for n, at in enumerate(sorted(begun)):
        pack, event, name, rule = _PACKS[n % 2]
        region, lon, lat = _town(int(chance.integers(0, 200)))
        since = at - timedelta(minutes=float(chance.uniform(-30, 120)))
        warning = Warning(
            pk=n + 1, region=region[:6], owner="office", status="Actual", pack=pack, rule=rule,
            state="cancelled", standing="cancelled", kind="Cancel", event=event, event_zh=name,
            category="Met", level=int(chance.integers(1, 5)), regions=[region],
            shape=shapely.Point(lon, lat).buffer(0.02, quad_segs=8) if n % 3 == 0 else None,
            expires=since + timedelta(hours=12), writer="bench", writer_name="bench",
            created_at=since, changed_at=since,
        )  # fmt: skip
        warnings.append(warning)
        content = content_of(warning)
        messages += [
            Message(
                warning_id=warning.pk, order=order, kind=kind, status="Actual",
                identifier=f"m{n}-{order}", sender="b", sent="", body=b"x" * 3000, digest="",
                content=content, issued_at=since + timedelta(hours=4 * (order - 1)),
            )
            for order, kind in ((1, "Alert"), (2, "Cancel"))
        ]  # fmt: skip
    Warning.objects.bulk_create(warnings, batch_size=1000)
    Message.objects.bulk_create(messages, batch_size=1000)
