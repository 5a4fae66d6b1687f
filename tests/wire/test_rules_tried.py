"""`anlan rules`: diff of two change files, preview on history, a shadow beside the log."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from anlan.engine.engine import Engine
from anlan.engine.plan import compile_plan
from anlan.history.codec import encode_changes, encode_readings, encode_registry
from anlan.history.log import Log, Record, RecordKind, Sizes, store_in
from anlan.history.registry import Registry, limit_entry, sensor_entry
from anlan.history.registry.rulebook import rule_set_entry
from anlan.history.seal import seal
from anlan.live.replay.trying.changes import read_changes
from anlan.live.replay.trying.compare import compare
from anlan.packs import load_pack
from anlan.site.cli.rules import command
from anlan.terms.changes import Change
from anlan.terms.levels import Level
from anlan.terms.readings import Batch
from anlan.terms.sensors import Limit, Sensor
from tests.wire.conftest import Basin

START = 1_782_000_000_000
MINUTE = 60_000
NEW_LIMITS = """sensor,level,value,direction,deadband,valid_from,valid_to,source
bridge,yellow,4.2,high,0.1,,,draft
bridge,orange,4.6,high,0.1,,,draft
"""


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(command, [str(a) for a in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_diff_of_the_same_is_nothing(basin: Basin) -> None:
    basin.run()
    changes = basin.folder / "changes.ndjson"
    code, text = run("diff", changes, changes)
    assert code == 0
    assert "told alike: 2" in text


def test_diff_names_what_only_one_says_and_what_shifts(basin: Basin) -> None:
    basin.run()
    a = (basin.folder / "changes.ndjson").rename(basin.folder / "a.ndjson")
    basin.write("limits.csv", NEW_LIMITS)
    basin.run()
    code, text = run("diff", a, basin.folder / "changes.ndjson", "--out", basin.folder / "d.ndjson")
    assert code == 1
    assert "only A: 1" in text
    told = [json.loads(line) for line in (basin.folder / "d.ndjson").read_text().splitlines()]
    assert {"sensor", "object", "rule", "what", "a", "b"} == set(told[0])
    moved = next(d for d in told if d["sensor"] == "bridge")
    assert moved["what"] == ["start"]
    assert moved["a"]["start"] < moved["b"]["start"]


def test_a_change_file_reads_back_to_the_same_lines(basin: Basin) -> None:
    basin.run()
    path = basin.folder / "changes.ndjson"
    lines = "".join(f"{change.as_line()}\n" for change in read_changes(path))
    assert lines == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("line", ["{", "[]", '{"kind":"raised"}', '{"kind":1}', "\x00"])
def test_a_line_that_is_no_change_is_named(basin: Basin, line: str) -> None:
    basin.write("a.ndjson", f"{line}\n")
    code, text = run("diff", basin.folder / "a.ndjson", basin.folder / "a.ndjson")
    assert code == 1
    assert "a.ndjson:1" in text


def test_preview_on_a_file_counts_raises_of_both(basin: Basin) -> None:
    basin.write("new.csv", NEW_LIMITS)
    arguments: list[str | Path] = ["--readings", basin.folder / "readings.csv", "--pack", "flood"]
    arguments += ["--sensors", basin.folder / "sensors.csv"]
    arguments += ["--present", basin.folder / "limits.csv"]
    out = basin.folder / "preview.ndjson"
    code, text = run("preview", *arguments, "--limits", basin.folder / "new.csv", "--out", out)
    assert code == 0
    rows = rows_of(text)
    assert rows["raises, red"] == ["1", "0"]
    assert rows["raises, orange"] == ["1", "1"]
    # Yellow and orange of the bridge and red of the dam, in 100 minutes.
    assert rows["a day, all"] == ["43.20", "28.80"]
    assert "figures a day are projected" in text
    now, then, *rest = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(one["what"], one["rules"]) for one in (now, then)] == [
        (["duty"], "present"),
        (["duty"], "candidate"),
    ]
    assert now["noisiest"] == {"bridge": 2, "旧坝 [3#]": 1}
    assert {tuple(one["what"]) for one in rest} == {("start",), ("only_a",)}
    assert rows["episodes"] == ["2", "1"]
    assert "only present: 1" in text
    assert "candidate earlier: 0 · later: 1 (by up to 10 min)" in text


def rows_of(text: str) -> dict[str, list[str]]:
    """The figures of a preview, by name."""
    return {line[2:30].strip(): line[30:].split() for line in text.splitlines()}


def test_preview_wants_one_history(basin: Basin) -> None:
    assert run("preview", "--limits", basin.folder / "limits.csv")[0] == 2
    both = ["--readings", "x.csv", "--data", "x"]
    assert run("preview", "--limits", basin.folder / "limits.csv", *both)[0] == 2
    code, text = run("preview", "--data", basin.folder, "--days", "3")
    assert code == 1
    assert "no store" in text


class Store:
    """A store whose log is written as live writes it: registry, readings and ticks in order."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.log = Log.open(
            store_in(data), write=True, sizes=Sizes(segment_bytes=65_536, segment_ms=1 << 62)
        )
        sensors = [
            Sensor(key="bridge", quantity="water_level", object="reach", interval_ms=600_000)
        ]
        levels = ((Level.YELLOW, 4.0), (Level.ORANGE, 5.0))
        limits = [Limit(sensor="bridge", level=level, value=value) for level, value in levels]
        rules = load_pack("flood").rule_set
        entries = [*map(sensor_entry, sensors), *map(limit_entry, limits), rule_set_entry(rules)]
        self.log.append([Record(RecordKind.REGISTRY, START, encode_registry(entries))])
        self.engine = Engine(compile_plan(sensors, limits, [rules]))
        self.changes: list[Change] = []
        self.values = iter(wave())
        self.now = START

    def live(self, steps: int) -> None:
        """Some readings and the ticks between them, each record with its changes."""
        for _ in range(steps):
            self.now += 600_000
            batch = Batch(
                np.zeros(1, np.int32),
                np.array([self.now - 5000]),
                np.array([next(self.values)]),
                np.zeros(1, np.uint8),
                np.array([self.now - 1000]),
            )
            self.add(RecordKind.READINGS, encode_readings(batch), self.engine.apply(batch).changes)
            self.add(RecordKind.TICK, b"", self.engine.tick(self.now).changes)

    def add(self, kind: RecordKind, body: bytes, changes: Any) -> None:
        told = self.engine.describe(changes)
        self.changes += told
        self.log.append([Record(kind, self.now, body, encode_changes(told))])


def wave() -> Iterator[float]:
    """A level that rises over 5 m and falls again, every 4 hours."""
    while True:
        yield from (3.0 + 0.2 * k for k in range(12))
        yield from (5.2 - 0.2 * k for k in range(12))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "data")
    yield made
    made.log.close()


def shadow(store: Store, folder: Path, *options: str | Path) -> tuple[int, str]:
    files = ("--state", folder / "s.state", "--out", folder / "s.ndjson")
    return run("shadow", "--data", store.data, *files, *options)


def told(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_a_shadow_of_the_same_rules_says_what_live_says(store: Store, tmp_path: Path) -> None:
    store.live(40)
    assert shadow(store, tmp_path, "--days", "3")[0] == 0
    assert len(store.changes) > 4
    assert told(tmp_path / "s.ndjson") == [change.as_line() for change in store.changes]


def test_a_shadow_goes_on_where_it_was(store: Store, tmp_path: Path) -> None:
    for _ in range(5):
        store.live(9)
        assert shadow(store, tmp_path, "--days", "3")[0] == 0
        with (tmp_path / "s.ndjson").open("a") as torn:
            torn.write('{"written but not yet')  # as a crash leaves it
    assert shadow(store, tmp_path)[0] == 0
    assert told(tmp_path / "s.ndjson") == [change.as_line() for change in store.changes]


def test_a_shadow_of_a_candidate_differs_and_leaves_the_log_alone(
    store: Store, tmp_path: Path
) -> None:
    store.live(40)
    last = store.log.last()
    (tmp_path / "new.csv").write_text(NEW_LIMITS)
    assert shadow(store, tmp_path, "--days", "3", "--limits", tmp_path / "new.csv")[0] == 0
    found = compare(store.changes, read_changes(tmp_path / "s.ndjson"))
    assert found.count("start") > 0
    assert store.log.last() == last


def test_a_state_of_another_candidate_is_refused(store: Store, tmp_path: Path) -> None:
    store.live(5)
    assert shadow(store, tmp_path)[0] == 0
    code, text = shadow(store, tmp_path, "--gate", "accept")
    assert code == 1
    assert "another candidate" in text
    (tmp_path / "s.state").write_bytes(b"nonsense")
    code, text = shadow(store, tmp_path)
    assert code == 1
    assert "no state" in text


def test_preview_on_a_store_replays_its_last_days(store: Store, tmp_path: Path) -> None:
    store.live(60)
    assert Registry.from_log(store.log).sensors
    (tmp_path / "new.csv").write_text(NEW_LIMITS)
    arguments: list[str | Path] = ["--data", store.data, "--limits", tmp_path / "new.csv"]
    code, text = run("preview", *arguments, "--days", "30")
    assert code == 0
    rows = rows_of(text)
    raised = sum(c.kind.word in ("raised", "risen") for c in store.changes)
    assert rows["raises, all"][0] == str(raised)
    assert run("preview", *arguments, "--days", "0.1")[0] == 0


def test_sealing_beside_changes_nothing(store: Store, tmp_path: Path) -> None:
    store.live(5)
    assert shadow(store, tmp_path, "--days", "30")[0] == 0
    store.live(300)
    assert seal(store_in(store.data)).sealed_to > 100
    (tmp_path / "new.csv").write_text(NEW_LIMITS)
    code, text = run("preview", "--data", store.data, "--limits", tmp_path / "new.csv")
    assert code == 0
    raised = sum(c.kind.word in ("raised", "risen") for c in store.changes)
    assert f"raises, all {raised}" in " ".join(text.split())
    assert shadow(store, tmp_path)[0] == 0
    assert told(tmp_path / "s.ndjson") == [change.as_line() for change in store.changes]
