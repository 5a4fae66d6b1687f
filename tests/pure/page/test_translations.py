"""Every sentence of the page is there in Chinese, and nothing that is not said."""

import ast
import re
from pathlib import Path

import anlan.site
from anlan.site.page.words import words_of
from anlan.terms.quality import Quality

SOURCES = [ast.parse(p.read_text("utf-8")) for p in Path(anlan.site.__file__).parent.rglob("*.py")]
CATALOGUE = words_of("zh-hans").catalogue


def asked() -> set[str]:
    """The sentences that the sources ask for by themselves."""
    calls = [n for tree in SOURCES for n in ast.walk(tree) if isinstance(n, ast.Call)]
    named = [c for c in calls if getattr(c.func, "attr", getattr(c.func, "id", "")) == "words"]
    firsts = [part for call in named for arg in call.args[:1] for part in ast.walk(arg)]
    return {p.value for p in firsts if isinstance(p, ast.Constant) and isinstance(p.value, str)}


def test_every_sentence_is_translated() -> None:
    assert len(asked()) > 80
    assert asked() - {"|"} <= CATALOGUE.keys()


def test_the_catalogue_holds_no_more_than_is_said() -> None:
    constants = {
        node.value
        for tree in SOURCES
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert CATALOGUE.keys() <= constants | {quality.word for quality in Quality}


def test_what_is_filled_in_is_the_same_in_both() -> None:
    holes = {source: set(re.findall(r"{\w+}", source)) for source in CATALOGUE}
    wrong = {s for s, zh in CATALOGUE.items() if set(re.findall(r"{\w+}", zh)) - holes[s]}
    assert not wrong
