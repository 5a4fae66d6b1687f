"""List pages of many enterprises: first page, next page, filters and searches of several askers.

ANLAN_BENCH_ENTERPRISES of them (default 200,000; Shaanxi has 6.36 million), in ten counties, on
SQLite, and on PostgreSQL too where ANLAN_BENCH_DATABASE names an empty one. A page is what its
view does with the records: rows, count, and where to go on. ANLAN_BENCH_DIR: keeps the SQLite
file there for the next run.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

COUNT = int(os.environ.get("ANLAN_BENCH_ENTERPRISES", "200_000"))
RUNS, _OWN = 15, 100_000
_NOW = datetime(2026, 7, 21, tzinfo=UTC)
_PLACES = "安澜石桥南岗东林西河北山青龙白沙柳树松坪望海镜湖城关桥头"
_TRADES = ("化工", "建材", "粮油", "机械", "纺织", "物流", "餐饮", "烟花", "加油", "医药")
_FORMS = ("有限公司", "有限责任公司", "股份有限公司", "厂", "经营部", "商行")


def run() -> Iterator[dict[str, Any]]:
    """The figures of each database, in a process of its own."""
    urls = [""] + (
        [os.environ["ANLAN_BENCH_DATABASE"]] if "ANLAN_BENCH_DATABASE" in os.environ else []
    )
    for url in urls:
        with tempfile.TemporaryDirectory(dir=os.environ.get("ANLAN_BENCH_DIR")) as folder:
            kept = os.environ.get("ANLAN_BENCH_DIR") if not url else None
            place = Path(kept or folder) / (f"lists-{COUNT}" if kept else "")
            place.joinpath("desk").mkdir(parents=True, exist_ok=True)
            if url:
                place.joinpath("anlan.toml").write_text(f'database = "{url}"\n')
            yield from _measured(place, "postgresql" if url else "sqlite")


def _measured(place: Path, name: str) -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-c", "import bench.lists as b; b.measure()"]
    env = {**os.environ, "ANLAN_DATA": str(place), "DJANGO_SETTINGS_MODULE": "anlan.site.settings"}
    told = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
    for line in told.stdout.splitlines():
        what, value = line.split("\t")
        yield {
            "name": f"lists_{name}_{what}", "value": float(value), "unit": "ms", "peer": None,
            "peer_value": None, "ratio": None, "cores": os.cpu_count(),
            "date": datetime.now(UTC).date().isoformat(),
        }  # fmt: skip


def measure() -> None:
    """Fills the database where it is empty, asks, and prints a name and p95 a line."""
    import django

    django.setup()
    from django.core.management import call_command

    from anlan.apps.atlas.models import Enterprise

    call_command("migrate", verbosity=0)
    if not Enterprise.objects.exists():
        fill(COUNT)
    spent: list[float] = []
    for what, ask in _questions():
        times = _times(ask)
        spent += times
        print(f"{what}_p95\t{np.percentile(times, 95):.1f}")
    print(f"all_p95\t{np.percentile(spent, 95):.1f}")


def _times(ask: Callable[[int], object]) -> list[float]:
    times = []
    for number in range(RUNS):
        begin = time.perf_counter()
        ask(number)
        times.append((time.perf_counter() - begin) * 1e3)
    return times


def _questions() -> Iterator[tuple[str, Callable[[int], object]]]:
    from anlan.apps.atlas.models import Enterprise
    from anlan.apps.atlas.pages import ENTERPRISES
    from anlan.desk.sheet.listing import Wish, page_of

    def page(region: str, **words: Any) -> Any:
        return page_of(ENTERPRISES, _asker(region), Wish(**words))

    def deep(number: int) -> None:
        found = page("99", filters={"region": f"99010{number % 9 + 1}"})
        for _ in range(3):
            found = page("99", filters={"region": f"99010{number % 9 + 1}"}, after=found.after)

    wishes: dict[str, dict[str, Any]] = {
        "first": {},
        "industry": {"filters": {"industry": "化工"}},
        "search_common": {"text": "有限公司"},
        "search_two": {"text": "石桥 化工"},
        "search_number": {"text": "91990"},
        "search_rare": {"text": "安石桥水"},
        "search_none": {"text": "不存在的企业"},
        "search_filtered": {"text": "化工", "filters": {"industry": "烟花"}},
        "search_apart": {"text": "有限公司 经营部"},
        "search_digit_and_rare": {"text": "9 安石桥水"},
        "search_last": {"text": Enterprise.objects.latest("pk").credit_code},
    }
    for region, who in (("99", "province"), ("990103", "county"), ("990103002004", "village")):
        for what, words in wishes.items():
            yield f"{what}_{who}", lambda _n, r=region, w=words: page(r, **w)  # type: ignore[misc]  # bound now
    yield "four_pages_of_a_county", deep


def _asker(region: str) -> Any:
    from anlan.apps.people.asker import Person
    from anlan.apps.people.models import Organisation, Post, User

    office = Organisation(key="office", region=region)
    post = Post(role="manager", organisation=office, region=region, since=_NOW)
    return Person(User(key="bench"), (post,), _NOW)


def fill(count: int) -> None:
    """Enterprises with names as firms have them; indexes of words and shapes at the end."""
    from django.db import connection, transaction

    from anlan.apps.atlas.models import Enterprise
    from anlan.desk.geometry import build_indexes
    from anlan.desk.search import build_word_indexes

    chance = random.Random(99)
    with connection.cursor() as cursor:
        for one in _triggers() if connection.vendor == "sqlite" else ():
            cursor.execute(f"DROP TRIGGER {one}")
    own = min(count, _OWN)
    with transaction.atomic():
        rows = [_firm(number, chance) for number in range(own)]
        Enterprise.objects.bulk_create(rows, batch_size=2000)
    for copy in range(1, -(-count // own)):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_copied(copy, min(own, count - copy * own)))
    build_indexes([Enterprise], anew=True)
    build_word_indexes([Enterprise], anew=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE atlas_enterprise" if connection.vendor == "postgresql" else "ANALYZE"
        )


def _copied(copy: int, rows: int) -> str:
    """The first rows once more, under keys and codes of their own."""
    from anlan.apps.atlas.models import Enterprise

    code = f"substr(credit_code, 1, 14) || '{copy:04}'"
    fresh = {"key": f"key || '-{copy}'", "credit_code": code,
             "words": f"replace(words, credit_code, {code})"}  # fmt: skip
    names = [str(field.column) for field in Enterprise._meta.local_fields if field.column != "id"]
    told = ", ".join(fresh.get(name, f'"{name}"') for name in names)
    into = ", ".join(f'"{name}"' for name in names)
    return (
        f"INSERT INTO atlas_enterprise ({into}) SELECT {told} FROM atlas_enterprise"  # noqa: S608 - our own names
        f" WHERE id <= (SELECT min(id) FROM atlas_enterprise) + {rows - 1}"
    )


def _triggers() -> list[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND"
                       " tbl_name = 'atlas_enterprise'")  # fmt: skip
        return [row[0] for row in cursor.fetchall()]


def _firm(number: int, chance: random.Random) -> Any:
    import shapely

    from anlan.apps.atlas.models import Enterprise
    from anlan.apps.atlas.words import words_for

    village = f"99010{chance.randint(1, 9)}{chance.randint(1, 20):03}{chance.randint(1, 30):03}"
    trade = chance.choice(_TRADES)
    name = "".join(chance.sample(_PLACES, 3)) + trade + chance.choice(_FORMS)
    row = Enterprise(
        key=f"{village[:6]}-{number:08}", name=name, region=village, since=_NOW, industry=trade,
        credit_code=f"9199{chance.randint(0, 10**14):014}", address=f"{name[:2]}路{number % 900}号",
        shape=shapely.Point(160 + chance.random(), 30 + chance.random()),
    )  # fmt: skip
    row.words = words_for(row)
    return row
