"""What the README and the other pages tell people to type exists."""

import re
import shlex
from pathlib import Path

import click
import pytest

from anlan.site.cli import main
from tests.house.blocks import blocks, prose
from tests.house.tree import files, text

PAGES = [p for p in files() if p.suffix == ".md"]
COMMANDS = sorted(
    {
        line.split("#")[0].strip()
        for page in PAGES
        for block in blocks(text(page))
        if block.language == "sh"
        for line in block.body.splitlines()
        if line.startswith(("make ", "anlan "))
    }
)


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", text(Path("Makefile")), re.MULTILINE))


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.startswith("make")])
def test_make_targets_exist(command: str) -> None:
    wanted = [w for w in shlex.split(command)[1:] if "=" not in w]
    assert set(wanted) <= targets()


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.startswith("anlan")])
def test_commands_and_options_exist(command: str) -> None:
    words = shlex.split(command)[1:]
    found: click.Command | None = main
    context = click.Context(main)
    while isinstance(found, click.Group) and words and not words[0].startswith("-"):
        found = found.get_command(context, words.pop(0))
    assert found is not None, "no such command"
    known = {option for parameter in found.params for option in parameter.opts} | {"--help"}
    assert {word.split("=")[0] for word in words if word.startswith("--")} <= known


def test_the_menu_lists_every_target() -> None:
    makefile = text(Path("Makefile"))
    assert targets() == set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))


def test_both_readmes_are_one() -> None:
    english, chinese = text(Path("README.md")), text(Path("README.zh-CN.md"))
    assert blocks(english) == blocks(chinese)
    depths = [re.findall(r"^#+(?= )", prose(page), re.MULTILINE) for page in (english, chinese)]
    assert depths[0] == depths[1]
    rows = [len(re.findall(r"^\|", page, re.MULTILINE)) for page in (english, chinese)]
    assert rows[0] == rows[1]
