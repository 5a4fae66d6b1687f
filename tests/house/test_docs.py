"""The pages hold together: links, lengths, capabilities, and examples that run."""

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.house.blocks import blocks, prose
from tests.house.tree import ROOT, files, lines, text, under

PAGES = [p for p in files() if p.suffix == ".md"]
DECISION_PARTS = ["Context", "Decision", "Rejected", "What would make us regret this", "Look again"]


def test_links_lead_somewhere() -> None:
    broken = [(str(page), link) for page in PAGES for link in _links(page) if not link.exists()]
    assert not broken


def _links(page: Path) -> list[Path]:
    """The files that a page links to."""
    targets = re.findall(r"\]\(([^)\s#]+)", prose(text(page)))
    return [ROOT / page.parent / unquote(target) for target in targets if "://" not in target]


def test_pages_are_short() -> None:
    pages = [page for page in under("docs", ".md") if "reference" not in page.parts]
    assert not [str(page) for page in pages if len(text(page).splitlines()) > 150]


def test_decisions_have_their_parts() -> None:
    index = text(Path("docs/decisions/index.md"))
    for page in under("docs/decisions"):
        if page.name != "index.md":
            assert re.findall(r"^## (.*)", text(page), re.MULTILINE) == DECISION_PARTS, page
            assert f"({page.name})" in index


def test_capabilities_name_what_exists() -> None:
    rows = [(at, row) for at, row in lines([Path("docs/capabilities.md")]) if row[:3] != "|--"]
    named = [(at, name) for at, row in rows if row[0:1] == "|" for name in _ticked(row)]
    assert named
    assert not [(at, name) for at, name in named if not (ROOT / name).exists()]


def _ticked(row: str) -> list[str]:
    return re.findall(r"`([^`]+/[^`]+)`", row)


@pytest.mark.parametrize("page", under("docs/tutorial", ".md"), ids=str)
def test_tutorials_run_as_written(page: Path, tmp_path: Path) -> None:
    found = blocks(text(page))
    script = "\n".join(block.body for block in found if block.language == "sh")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", "-euc", script],
        cwd=tmp_path,
        env=os.environ | {"PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    for block in found:
        if block.language == "text":
            assert block.body in ran.stdout
