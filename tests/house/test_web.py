"""The pages' front end: types, style, its own tests, its size, and what its lock may hold."""

import re
import subprocess
from pathlib import Path

import pytest
from web import bundle

from anlan.desk import assets
from tests.house.tree import lines, text, under

LOCK = Path("web/package-lock.json")
SCRIPTS = [p for p in under("web/src") if p.suffix in (".ts", ".css")]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    """The packages of the lock, and the pages' scripts as their sources say."""
    bundle.install()
    bundle.ensure()


def _said(ran: subprocess.CompletedProcess[str]) -> str:
    return "" if ran.returncode == 0 else ran.stdout + ran.stderr


def test_types_hold() -> None:
    assert not _said(bundle.tool("typescript", "bin/tsc", "--noEmit"))


def test_style_holds() -> None:
    assert not _said(bundle.tool("@biomejs/biome", "bin/biome", "check", "--error-on-warnings"))


def test_pure_functions_do_what_pages_count_on() -> None:
    tests = [str(path.relative_to("web")) for path in under("web/test", ".test.ts")]
    assert tests
    assert not _said(bundle.node("--test", *tests))


def test_nothing_is_built_when_nothing_changed() -> None:
    assert bundle.is_current()
    assert not bundle.ensure()


def test_the_lock_names_no_registry() -> None:
    assert '"resolved"' not in text(LOCK)


def test_scripts_hold_no_words_of_a_page() -> None:
    """What a person reads comes from the page, in its language."""
    quoted = [(at, line) for at, line in lines(SCRIPTS) if CHINESE.search(_without_comments(line))]
    assert not quoted


def _without_comments(line: str) -> str:
    return re.sub(r"(//|/?\*).*", "", line)


def test_the_desk_is_light() -> None:
    """The desk's own part of the first load, as it travels; ≤ 250 kB without the map."""
    desk = assets.asset("desk.ts")
    addresses = [desk.script, *desk.styles]
    assert sum(_travels(address) for address in addresses) < 250_000


def test_every_script_stands_packed() -> None:
    bare = [p for p in (assets.folder() / "assets").iterdir() if p.suffix in (".js", ".css")]
    assert bare
    assert not [p for p in bare for kind in (".gz", ".br") if not Path(f"{p}{kind}").is_file()]


def _travels(address: str) -> int:
    return (assets.folder() / f"{address.removeprefix(assets.PREFIX)}.gz").stat().st_size


@pytest.mark.parametrize("path", [p for p in SCRIPTS if p.suffix == ".ts"], ids=str)
def test_files_are_short(path: Path) -> None:
    assert len(text(path).splitlines()) <= 500
