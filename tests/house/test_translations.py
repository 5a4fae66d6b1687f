"""Every word of the pages has its Chinese."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from tests.house.tree import ROOT, parsed, text, under

ROOMS = ("src/anlan/desk", "src/anlan/apps", "src/anlan/site/frame", "src/anlan/site/templates")
_CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "__"}
_TAG = re.compile(r"""\{%\s*(?:translate|trans)\s+(?:"([^"]*)"|'([^']*)')""")
_BLOCK = re.compile(r"\{%\s*blocktranslate[^%]*%\}(.*?)\{%\s*endblocktranslate\s*%\}", re.DOTALL)
_HOLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_NAMED = re.compile(r"%\((\w+)\)|\{(\w+)\}")


def in_python(path: Path) -> Iterator[str]:
    """The messages that a module hands to gettext."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            first = node.args[0] if node.args else None
            if node.func.id in _CALLS and isinstance(first, ast.Constant):
                yield str(first.value)


def in_template(path: Path) -> Iterator[str]:
    """The messages of a page."""
    body = text(path)
    for double, single in _TAG.findall(body):
        yield double or single
    for block in _BLOCK.findall(body):
        yield _HOLE.sub(r"%(\1)s", block.partition("{% plural %}")[0])


def wanted() -> dict[str, str]:
    """Each message and a file that says it."""
    found: dict[str, str] = {}
    for room in ROOMS:
        for path in under(room, ".py"):
            found |= dict.fromkeys(in_python(path), str(path))
        for path in [*under(room, ".html"), *under(room, ".txt")]:
            found |= dict.fromkeys(in_template(path), str(path))
    return found


def catalogues() -> Iterator[tuple[str, Message]]:
    """Each entry that is translated, after the path of its catalogue."""
    for path in under("src/anlan", ".po"):
        with (ROOT / path).open("rb") as file:
            yield from ((str(path), one) for one in read_po(file, locale="zh_Hans") if _counts(one))


def _counts(one: Message) -> bool:
    return bool(one.id and _first(one.string) and not one.fuzzy)


def _first(said: str | list[str] | tuple[str, ...] | None) -> str:
    """The text; of a plural, its first form."""
    return (said or "") if isinstance(said, str | None) else said[0]


def translated() -> dict[str, str]:
    """Every message and its Chinese, from all catalogues."""
    return {_first(one.id): _first(one.string) for _, one in catalogues()}


def test_every_word_has_its_chinese() -> None:
    known = translated()
    assert {message: path for message, path in wanted().items() if message not in known} == {}


def test_what_is_filled_in_is_the_same_in_chinese() -> None:
    wrong = {
        message: said
        for message, said in translated().items()
        if set(_NAMED.findall(message)) != set(_NAMED.findall(said))
    }
    assert wrong == {}


def test_a_phrase_is_said_in_one_way() -> None:
    """The catalogues are one to a reader: of two translations one would stand on every page."""
    ways: dict[tuple[str | None, str], dict[str, list[str]]] = defaultdict(dict)
    for path, one in catalogues():
        said = ways[one.context, _first(one.id)]
        said.setdefault(_first(one.string), []).append(path)
    assert {phrase: said for phrase, said in ways.items() if len(said) > 1} == {}
