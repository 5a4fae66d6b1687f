"""`anlan packs …`: what it prints, and how it ends."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from anlan.packs import own_shelf
from anlan.site.cli.packs import command

ROOT = Path(__file__).parents[3]
SITE = """\
persons_500m = 120
[[unit]]
name = "氯库"
[[unit.stock]]
substance = "氯"
tonnes = 50
"""


def run(*words: str) -> Result:
    return CliRunner().invoke(command, words)


def overlay(folder: Path, **files: str) -> str:
    city = folder / "city" / "flood"
    city.mkdir(parents=True)
    for stem, text in files.items():
        (city / f"{stem}.toml").write_text(text, encoding="utf-8")
    return str(city.parent)


def test_check_names_every_pack() -> None:
    result = run("check")
    assert result.exit_code == 0
    for name in own_shelf().names:
        assert f"{name}: ok (" in result.stdout


def test_test_runs_every_pack() -> None:
    result = run("test")
    assert result.exit_code == 0, result.stdout
    for name in own_shelf().names:
        assert f"{name}: " in result.stdout
    assert " 0 failed" in result.stdout


def test_an_unknown_pack_ends_with_1_and_one_sentence() -> None:
    result = run("check", "flod")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("no pack 'flod'; there are ")


def test_a_broken_overlay_is_told_by_file_line_and_reason(tmp_path: Path) -> None:
    city = overlay(tmp_path, rules="[rain.level.blue]\nthreshold = 40\nthreshhold = 3\n")
    result = run("check", "--packs", city)
    assert result.exit_code == 1
    assert f"{city}/flood/rules.toml:2: rain.level.blue.threshold: an overlaid" in result.stderr
    assert f"{city}/flood/rules.toml:3: rain.level.blue.threshhold: the pack" in result.stderr


def test_check_reports_what_an_overlay_changes(tmp_path: Path) -> None:
    answers = 'source = "plan 3"\napprover = "flood office"\n'
    city = overlay(tmp_path, rules=f"[rain.level.blue]\n{answers}threshold = 40\n")
    result = run("check", "flood", "--packs", city)
    assert result.exit_code == 0
    assert "rules.toml:4: rules.rain.level.blue.threshold 50 → 40 (plan 3, flood office)" in (
        result.stdout
    )


def test_a_failing_rule_test_shows_expected_and_got(tmp_path: Path) -> None:
    wrong = """
[[test]]
rule = "water_level.level"
case = "raise"
limits = [{ level = "yellow", value = 3 }]
readings = { w = [2.5, 3.5] }
expect = [{ at = "1h", sensor = "w", kind = "raised", to = "red" }]
"""
    result = run("test", "flood", "--packs", overlay(tmp_path, tests=wrong))
    assert result.exit_code == 1
    assert "1 failed" in result.stdout
    assert "expected 1h w raised red" in result.stdout
    assert "got      1h w raised yellow" in result.stdout


@pytest.mark.parametrize("name", own_shelf().names)
def test_show_tells_units_sources_and_what_is_unverified(name: str) -> None:
    result = run("show", name)
    assert result.exit_code == 0
    assert f"{name}." in result.stdout
    assert "to check: " in result.stdout


def test_list_is_one_line_a_pack() -> None:
    result = run("list")
    assert len(result.stdout.splitlines()) == len(own_shelf().names)


def test_grade_prints_s_r_grade_and_parts(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text(SITE, encoding="utf-8")
    result = run("grade", str(file))
    assert result.exit_code == 0
    assert "氯库: 二级" in result.stdout
    assert "S = 10   R = 80   α = 2 (120 persons within 500 m)" in result.stdout
    assert "氯: q 50 t / Q 5 t = 10, β 4 (table 3)" in result.stdout


def test_grade_of_a_missing_file_ends_with_1(tmp_path: Path) -> None:
    result = run("grade", str(tmp_path / "none.toml"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"{tmp_path}/none.toml: no such file\n"


def test_an_installed_copy_finds_its_packs_from_any_folder(tmp_path: Path) -> None:
    """The lay of a wheel: anlan/packs/data, and no source tree around it."""
    shutil.copytree(ROOT / "src/anlan", tmp_path / "lib/anlan")
    shutil.copytree(ROOT / "packs", tmp_path / "lib/anlan/packs/data")
    code = (
        "from anlan.packs import own_shelf; from anlan.site.cli.packs import command; "
        "print(own_shelf().folder); command(['check'])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd="/",
        env=os.environ | {"PYTHONPATH": str(tmp_path / "lib")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[0] == str(tmp_path / "lib/anlan/packs/data")
    assert "flood: ok" in ran.stdout
