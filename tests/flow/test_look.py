"""`anlan sensors look` on a store and on a file: the same hints, and no change of any alarm."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from anlan.history.log import Log, store_in
from anlan.site.cli import main

SENSORS = (
    "sensor,quantity,object,name,lon,lat,interval_s\n"
    "g1,water_level,reach,桥,,,3600\n"
    "g2,water_level,reach,堰,,,3600\n"
)
LIMITS = "sensor,level,value,direction,deadband,valid_from,valid_to,source\ng1,orange,5,high,,,,t\n"
HEAD = "sensor,time,value\n"
# Twelve hours at 0.1 m/h: 4.3 m at 24:00, seven hours below orange.
RISING = [
    f"g1,2026-07-{1 + hour // 24:02}T{hour % 24:02}:00:00+08:00,{1.9 + hour / 10:.1f}\n"
    for hour in range(25)
]


def anlan(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("s.csv", SENSORS), ("l.csv", LIMITS), ("r.csv", HEAD + "".join(RISING))):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def store(folder: Path) -> Path:
    """The files in a store."""
    data = folder / "data"
    for words in (
        ("sensors", "import", folder / "s.csv", "--pack", "flood"),
        ("limits", "import", folder / "l.csv"),
        ("import", folder / "r.csv"),
    ):
        assert anlan(*words, "--data", data).exit_code == 0
    return data


def of_file(folder: Path, *words: str) -> Result:
    files = ("--sensors", folder / "s.csv", "--limits", folder / "l.csv", "--pack", "flood")
    return anlan("sensors", "look", "g1", "--readings", folder / "r.csv", *files, *words)


def test_a_file_is_looked_at(folder: Path) -> None:
    found = of_file(folder)
    assert found.exit_code == 0, found.output
    first, forecast, basis, day, shifts, *_ = found.output.splitlines()
    assert first == "g1  4.30\u2009m  2026-07-01T16:00:00Z"
    assert forecast == (
        "  By its course of the last 12 h, it reaches orange 5.00\u2009m in about 7 h."
    )
    assert "12 stored readings" in basis
    assert "slope +0.1 ± 0 m/h" in basis
    assert "needs 3 days, has 1" in day
    assert "needs more than 50 readings, has 25" in shifts
    assert "advisory: they change no alarm" in found.output


def test_it_speaks_chinese_and_looks_back(folder: Path) -> None:
    found = of_file(folder, "--lang", "zh-hans", "--at", "2026-07-01T20:00:00+08:00")
    assert "按近 12 小时的走势，约 11 小时后达到橙色 5.00\u2009m。" in found.output
    assert "仅供参考，不影响报警" in found.output
    shorter = of_file(folder, "--window", "4h")
    assert "course of the last 4 h" in shorter.output
    assert "4 stored readings" in shorter.output


def test_the_store_says_the_same_and_is_left_alone(folder: Path, store: Path) -> None:
    with Log.open(store_in(store)) as log:
        before = log.last()
    found = anlan("sensors", "look", "g1", "--data", store)
    assert found.exit_code == 0, found.output
    assert found.output.splitlines()[:5] == of_file(folder).output.splitlines()[:5]
    with Log.open(store_in(store)) as log:
        assert log.last() == before


def test_what_cannot_be_looked_at_is_said(folder: Path, store: Path) -> None:
    unknown = anlan("sensors", "look", "g9", "--data", store)
    assert (unknown.exit_code, "no such sensor: 'g9'" in unknown.output) == (1, True)
    assert "no hints" in anlan("sensors", "look", "g2", "--data", store).output
    assert anlan("sensors", "look", "g1", "--data", folder / "none").exit_code == 1
    half = anlan("sensors", "look", "g1", "--readings", folder / "r.csv")
    assert (half.exit_code, "also needs --sensors --limits --pack" in half.output) == (2, True)
    other = anlan("sensors", "look", "g1", "--data", store, "--pack", "flood")
    assert (other.exit_code, "goes with --readings" in other.output) == (2, True)
    (folder / "r.csv").write_text(HEAD + "g1,soon,1\ng2,2026-07-01T00:00:00Z,2\n")
    nothing = of_file(folder)
    assert (nothing.exit_code, "no hints" in nothing.output) == (0, True)


def test_a_window_of_nothing_is_wrong_usage(folder: Path) -> None:
    found = of_file(folder, "--window", "0h")
    assert found.exit_code == 2
    assert "--window must be longer than nothing" in found.output
