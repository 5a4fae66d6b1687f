"""kill -9 of pages and work under load: no act and no alarm is lost or doubled, all comes back."""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from anlan.history.log import store_in
from tests.flow.desk_killed import (
    Actor,
    Deed,
    Listener,
    Load,
    Person,
    Program,
    River,
    answers,
    eventually,
    kill,
    part_of,
)
from tests.flow.desk_records import another, cluster, followed, records
from tests.flow.desk_town import SENSORS
from tests.flow.test_backup import PROGRAM, anlan, told, until
from tests.flow.test_commands import anlan as here
from tests.house.tree import ROOT

_BACK_S = 120.0
"""Within so long a killed part is at work again, on a busy test machine."""
_ALARMS = """
SELECT key, object_key, object_name, rule, region, level, peak, raised_at, first_at, recovered_at,
    repeats, is_newest, value, "limit" FROM watch_alarm ORDER BY key
"""


@dataclass
class Desk:
    """A whole site as a process."""

    data: Path
    key: str
    source: str
    process: "subprocess.Popen[bytes]"
    intake: str = ""
    pages: str = ""

    def ended(self) -> list[str]:
        """What its log says of parts that ended."""
        text = self.data.with_suffix(".err").read_text()
        whole = text[: text.rfind("\n") + 1]  # the last line may be half written
        lines = [json.loads(x) for x in whole.splitlines()]
        return [x["message"] for x in lines if "starting it again" in x["message"]]


def python(data: Path, *words: str) -> str:
    own = {"ANLAN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "anlan.site.settings"}
    done = subprocess.run([sys.executable, *words], cwd=ROOT, env=os.environ | own, text=True,
                          capture_output=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def found(data: Path, database: str) -> tuple[str, str]:
    """Fills an empty data folder; the key of a program, and that of a source."""
    (data / "desk").mkdir(parents=True)
    (data / "anlan.toml").write_text(f'log_format = "json"\ndatabase = "{database}"\n')
    numbers = range(SENSORS)
    rows = [f"s{n},flood.water_level,reach{n},level {n},400000" for n in numbers]
    (data / "s.csv").write_text("\n".join(["sensor,quantity,object,name,interval_s", *rows]))
    rows = [f"s{n},yellow,high,3.0" for n in numbers]
    (data / "l.csv").write_text("\n".join(["sensor,level,direction,value", *rows]))
    for words in (("sensors", "import", "s.csv", "--pack", "flood"), ("limits", "import", "l.csv")):
        done = here(*words[:2], data / words[2], *words[3:], "--data", data)
        assert done.exit_code == 0, done.output
    source = here("keys", "add", "river", "--sensors", "s*", "--data", data).output.split()[0]
    return python(data, "-m", "tests.flow.desk_town"), source


@pytest.fixture
def desk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """A site at work, its records in SQLite, or in a PostgreSQL of its own where asked for."""
    if request.param == "postgresql":
        with cluster() as database:
            yield from at_work(tmp_path / "data", database)
    else:
        yield from at_work(tmp_path / "data", "")


def at_work(data: Path, database: str) -> Iterator[Desk]:
    key, source = found(data, database)
    out, err = data.with_suffix(".out"), data.with_suffix(".err")
    with out.open("wb") as sink, err.open("wb") as complaints:
        process = subprocess.Popen(
            [*PROGRAM, "serve", "--data", str(data), "--port", "0", "--pages", "0"],
            stdin=subprocess.DEVNULL, stdout=sink, stderr=complaints,
        )  # fmt: skip
    one = Desk(data, key, source, process)
    try:
        one.intake, one.pages = until(lambda: (x := out.read_text().split()) and len(x) == 2 and x)
        eventually(lambda: answers(one.pages, 10.0))
        yield one
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("desk", "seed", "rounds"),
    [
        ("sqlite", 1, 3),
        ("postgresql", 4, 1),
        *(pytest.param("sqlite", seed, 12, marks=pytest.mark.soak) for seed in (2, 3)),
    ],
    indirect=["desk"],
)
def test_killed_under_load(desk: Desk, tmp_path: Path, seed: int, rounds: int) -> None:
    chance = random.Random(seed)
    river = River(desk.intake, desk.source)
    person = Person(desk.pages, random.Random(f"{seed} person"))
    program = Program(desk.pages, desk.key, random.Random(f"{seed} program"))
    page = Listener(person.web)
    loads: list[Load] = [river, person, program, page]
    for one in loads:
        one.start()
    eventually(lambda: person.done.sure and program.done.sure)
    for _ in range(rounds):
        time.sleep(chance.uniform(0.3, 2.0))
        one_kill(desk, chance.choice((["web"], ["work"], ["web", "work"], ["work", "web"])))
    check_system(desk, person)
    eventually(lambda: len(person.done.sure) + len(program.done.sure) > 20)
    last = time.monotonic()
    eventually(lambda: page.heard_since(last), _BACK_S)
    for one in reversed(loads):
        one.end()
    eventually(lambda: followed(desk.data) == told(desk.data))
    desk.process.terminate()
    assert desk.process.wait(20) == 0
    check_acts(desk.data, [person, program])
    check_alarms(desk.data, tmp_path)
    assert told(desk.data) > SENSORS


def one_kill(desk: Desk, parts: list[str]) -> None:
    """Kills some parts; each is there again, and does its work, within seconds."""
    before = len(desk.ended())
    killed = {what: kill(desk.process.pid, what) for what in parts}

    def are_back() -> bool:
        now = {what: part_of(desk.process.pid, what) for what in parts}
        return all(now[what] not in (None, pid) for what, pid in killed.items())

    eventually(are_back, _BACK_S)
    assert answers(desk.pages, _BACK_S)
    seen = told(desk.data)
    eventually(lambda: followed(desk.data) >= seen, _BACK_S)
    assert sorted(desk.ended()[before:]) == sorted(
        f"{what} ended (status -9); starting it again" for what in parts
    )


def check_system(desk: Desk, person: Person) -> None:
    """The system page tells of each part how often it ended."""
    page = person.web.get("/system").text
    for what, name in (("web", "页面进程"), ("work", "后台进程")):
        times = sum(line.startswith(f"{what} ended") for line in desk.ended())
        assert (f"{name}异常退出，已自动重启：一小时内 {times} 次" in page) == (times > 0)


def check_acts(data: Path, actors: list[Actor]) -> None:
    """Each act answered with success has exactly one step and one audit line, and no other is
    there that nobody asked for."""
    done = anlan("audit", "verify", "--data", str(data))
    assert done.stdout.startswith("whole: "), done.stdout
    lines = {number: (act, target, detail) for number, act, target, detail in records(
        data, "SELECT number, act, target, detail FROM people_auditline")}  # fmt: skip
    steps = records(data, "SELECT s.kind, a.key, s.text, s.cause FROM watch_step s"
                    " JOIN watch_alarm a ON a.id = s.alarm_id WHERE s.who <> ''")  # fmt: skip
    there = Counter[tuple[str, str, Any]]()
    for kind, key, text, cause in steps:
        act, target, detail = lines.pop(int(cause.removeprefix("audit:")))
        assert (act, target) == (f"watch.{kind}", key)
        there[kind, key, text or detail["version"] - 1] += 1
    assert not [line for line in lines.values() if line[0].startswith("watch.")]
    assert max(there.values()) == 1, "an act stands twice"
    sure = {_named(deed) for actor in actors for deed in actor.done.sure}
    maybe = {_named(deed) for actor in actors for deed in actor.done.unsure}
    assert len(sure) > 10
    assert sure <= there.keys(), "an act that was answered is lost"
    assert there.keys() <= sure | maybe, "an act stands that nobody did"


def _named(deed: Deed) -> tuple[str, str, Any]:
    return deed.verb, deed.alarm, deed.text or deed.version


def check_alarms(data: Path, folder: Path) -> None:
    """The alarms are those of fresh records that follow the same log from its beginning."""
    again = folder / "again"
    (again / "desk").mkdir(parents=True)
    (again / "anlan.toml").write_text(f'database = "{another(data)}"\n')
    shutil.copytree(store_in(data), store_in(again))
    python(again, "-m", "tests.flow.desk_town")
    python(again, "-c", _FOLLOW)
    ours, theirs = records(data, _ALARMS), records(again, _ALARMS)
    assert len(ours) >= SENSORS // 2  # enough to say something, on a slow machine too
    assert ours == theirs
    steps = "SELECT kind, cause, level, at FROM watch_step WHERE level IS NOT NULL ORDER BY cause"
    assert records(data, steps) == records(again, steps)


_FOLLOW = """
import os, django
django.setup()
from pathlib import Path
from django.utils import timezone
from anlan.apps.atlas.actions import follow_registry
from anlan.apps.watch.actions import follow_changes
from anlan.history.log import Log, store_in
with Log.open(store_in(Path(os.environ["ANLAN_DATA"]))) as log:
    while follow_registry(log, timezone.now()) or follow_changes(log, timezone.now()):
        pass
"""
