"""Rules changed in a running site: the policy stands in the log, so every telling is the same."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from anlan.engine.rules import LevelRule, RuleSet
from anlan.history.codec import decode_changes, decode_registry
from anlan.history.log import Log, RecordKind, store_in
from anlan.history.query import Archive
from anlan.history.registry import rule_set_entry
from anlan.live.loop.heart import Heart
from anlan.live.replay.trying.past import Candidate
from anlan.live.replay.trying.shadow import Files, Shadow
from anlan.site.cli import main
from anlan.terms.errors import Malformed
from anlan.terms.levels import Level
from anlan.terms.readings import Batch
from tests.flow.conftest import Starter, found_town, now_ms, own_rules, wait_until

POLICIES = ("carry", "reset", "rebuild")
BEGIN = 1_782_000_000_000
ADOPTED = 60  # the second at which the rules change
LATE = 90  # and at which a reading of second 30 comes late


def slower() -> RuleSet:
    """The town's rules, with yellow only after 30 s."""
    rules = own_rules(low=-100, high=100, stale_ms=20_000)
    (rule,) = rules.rules
    yellow = LevelRule(level=Level.YELLOW, on_delay_ms=30_000)
    return replace(rules, rules=(replace(rule, version="2", levels=(yellow, *rule.levels)),))


def second(n: int) -> Batch:
    """a-0 is over yellow from second 50 on, a-1 from second 10 on; a-2 is silent after 15."""
    values = [12.0 if n >= 50 else 5.0, 12.0 if n >= 10 else 5.0, 22.0]
    times = [BEGIN + 1000 * n] * 3
    if n >= 15:
        values, times = values[:2], times[:2]
    sensors = list(range(len(values)))
    if n == LATE:
        sensors, times, values = [*sensors, 0], [*times, BEGIN + 30_500], [*values, 35.0]
    rows = len(sensors)
    return Batch(
        np.array(sensors, np.int32),
        np.array(times, np.int64),
        np.array(values),
        np.zeros(rows, np.uint8),
        np.full(rows, BEGIN + 1000 * n + 200),
    )


def play(data: Path, policy: str, *, restarts: tuple[int, ...] = (), forgets: bool = False) -> None:
    """Two minutes of a site whose rules change in between. forgets: restarts lose the snapshot."""
    found_town(data, {"a": 3}, own_rules(low=-100, high=100, stale_ms=20_000))
    heart = Heart(data)
    for n in range(120):
        if n in restarts:
            heart.close()
            if forgets:
                shutil.rmtree(data / "live")
            heart = Heart(data)
        at = BEGIN + 1000 * n + 500
        if n == ADOPTED:
            heart.enter([rule_set_entry(slower(), policy=policy)], at=at)
            heart.commit()
        heart.take(second(n), at=at)
        heart.tick(at + 400)
        heart.commit()
    heart.close()


def told(data: Path, *kinds: RecordKind) -> list[str]:
    """The changes that the log holds, in records of these kinds (none: all)."""
    with Log.open(store_in(data)) as log:
        records = log.records(kinds=set(kinds) or None)
        return [c.as_line() for record in records for c in decode_changes(record.changes)]


def told_again(data: Path, folder: Path) -> list[str]:
    """The changes of a replay of the log from its first record."""
    files = Files(state=folder / "again.state", out=folder / "again.ndjson")
    with Archive(store_in(data)) as archive:
        Shadow(archive, Candidate(), files, since=0).catch_up()
    return files.out.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("policy", POLICIES)
def test_a_replay_of_the_log_tells_the_same(tmp_path: Path, policy: str) -> None:
    play(tmp_path / "data", policy)
    assert told_again(tmp_path / "data", tmp_path) == told(tmp_path / "data")


@pytest.mark.parametrize("forgets", [False, True])
@pytest.mark.parametrize("policy", POLICIES)
def test_restarts_change_nothing(tmp_path: Path, policy: str, *, forgets: bool) -> None:
    play(tmp_path / "one", policy)
    play(tmp_path / "two", policy, restarts=(12, 55, 60, 61, 75, 91, 110), forgets=forgets)
    assert told(tmp_path / "two") == told(tmp_path / "one")


def test_what_each_policy_does_to_what_stands(tmp_path: Path) -> None:
    found = {}
    for policy in POLICIES:
        play(tmp_path / policy, policy)
        lines = map(json.loads, told(tmp_path / policy, RecordKind.REGISTRY))
        found[policy] = [(c["sensor"], c["from"], c["to"]) for c in lines]
    assert found["carry"] == []
    # All three stood; a-1 had been over its limit for 50 s, a-0 for 10 s.
    ended = [("a-0", "yellow", None), ("a-1", "yellow", None), ("a-2", "orange", None)]
    assert found["reset"] == ended
    assert found["rebuild"] == ended[:1]


@pytest.mark.parametrize(
    "entry",
    [
        {"type": "limit", "sensor": "a", "level": "red", "value": 1, "valid_to": 2**70},
        {
            "type": "rule_set",
            "rules": {
                "pack": "p",
                "gates": {},
                "rules": [
                    {
                        "key": "p.w.x",
                        "quantity": "w",
                        "levels": [
                            {
                                "level": 4,
                                "threshold": 1,
                                "season": {"first": [13, 1], "last": [1, 1]},
                            }
                        ],
                    }
                ],
            },
        },
    ],
    ids=["an end beyond every clock", "a thirteenth month"],
)
def test_rules_that_cannot_be_put_to_work_are_refused_and_leave_no_trace(
    tmp_path: Path, entry: dict[str, object]
) -> None:
    heart = Heart(tmp_path)
    rule = {"key": "p.w.level", "quantity": "w", "takes_limits": True, "levels": []}
    heart.enter(
        [
            {"type": "sensor", "key": "a", "quantity": "w", "object": "o"},
            {"type": "rule_set", "rules": {"pack": "q", "gates": {"w": {}}, "rules": [rule]}},
        ],
        at=BEGIN,
    )
    heart.commit()
    with pytest.raises(Malformed, match="cannot be put to work"):
        heart.enter([entry], at=BEGIN)
    assert not heart.waits
    heart.tick(BEGIN + 1000)
    heart.commit()
    heart.close()


def test_an_unknown_policy_is_refused_and_leaves_no_trace(tmp_path: Path) -> None:
    found_town(tmp_path, {"a": 1})
    heart = Heart(tmp_path)
    before = heart.registry.rule_sets["t"]
    with pytest.raises(Malformed, match="no such policy"):
        heart.enter([rule_set_entry(slower(), policy="forget")], at=BEGIN)
    assert heart.registry.rule_sets["t"] == before
    assert not heart.waits
    heart.close()


# The commands

OVERLAY = """[water_level.level]
source = "city plan 3"
approver = "flood office"
[water_level.level.orange]
on_delay = "{delay}"
"""
SENSORS = "sensor,quantity,object,name,lon,lat,interval_s\ng1,water_level,reach,bridge,,,3600\n"
LIMITS = "sensor,level,value,direction,deadband,valid_from,valid_to,source\ng1,orange,5,high,,,,t\n"


def anlan(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A gauge in a store, and a city's overlay of its pack."""
    (tmp_path / "s.csv").write_text(SENSORS)
    (tmp_path / "l.csv").write_text(LIMITS)
    write(tmp_path, "0s")
    data = tmp_path / "data"
    imported = anlan("sensors", "import", tmp_path / "s.csv", "--pack", "flood", "--data", data)
    assert imported.exit_code == 0
    adopted = anlan("rules", "adopt", "--packs", tmp_path / "city", "--data", data)
    assert adopted.exit_code == 0, adopted.output
    assert anlan("limits", "import", tmp_path / "l.csv", "--data", data).exit_code == 0
    return tmp_path


def write(folder: Path, delay: str) -> None:
    (folder / "city" / "flood").mkdir(parents=True, exist_ok=True)
    (folder / "city" / "flood" / "rules.toml").write_text(OVERLAY.format(delay=delay))


def policies(data: Path) -> list[str]:
    """The policy of the last rules in the log."""
    with Log.open(store_in(data)) as log:
        bodies = [record.body for record in log.records(kinds={RecordKind.REGISTRY})]
    entries = [entry for body in bodies for entry in decode_registry(body)]
    return [entry["policy"] for entry in entries if entry["type"] == "rule_set"]


def test_rules_are_adopted_while_it_serves(city: Path, start: Starter) -> None:
    data, overlay = city / "data", city / "city"
    live = start(data, packs=overlay)
    key = anlan("keys", "add", "office", "--sensors", "g*", "--data", data).output.split()[0]
    row = json.dumps({"sensor": "g1", "time": now_ms(), "value": 6.0}).encode()
    assert live.post(row, key)[1]["accepted"] == 1
    wait_until(lambda: len(told(data)) == 1)
    write(city, "10min")
    looked = anlan("rules", "adopt", "--check", "--data", data)
    assert "rule flood.water_level.level: " in looked.output
    assert "orange on_delay_ms 0 → 600000" in looked.output
    assert "chemical" not in looked.output
    done = anlan("rules", "adopt", "--policy", "rebuild", "--data", data)
    assert done.exit_code == 0, done.output
    assert "(rebuild); 1 levels corrected" in done.output
    assert policies(data)[-1] == "rebuild"
    assert json.loads(told(data)[-1])["kind"] == "corrected"
    again = anlan("rules", "adopt", "--policy", "rebuild", "--data", data)
    assert "nothing changes" in again.output
    other = anlan("rules", "adopt", "--packs", city, "--data", data)
    assert (other.exit_code, "started with --packs" in other.output) == (1, True)


@pytest.mark.parametrize("policy", POLICIES)
def test_serve_asks_what_becomes_of_alarms(city: Path, start: Starter, policy: str) -> None:
    write(city, "10min")
    data, before = city / "data", len(policies(city / "data"))
    for _ in range(2):  # the second start finds the rules in force already
        start(data, packs=city / "city", policy=policy).stop()
        assert policies(data)[before:] == [policy]
