"""The scanner finds the line of every key, and agrees with tomllib on which keys there are."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.packs import own_shelf
from anlan.packs.source.positions import lines_of

TRICKY = '''\
# a comment with [brackets] and "quotes"
a = 1
[x.y]  # [not.this]
"q r" = """
multi "quote" [[z]]
b = 2
"""
b.c = { d = 1, e = [1,
  2, { f = "}" }] }
'lit.eral' = 'a # b'
g = """ends in a quote""""
[[arr]]
k = 'a#b'
when = 2020-01-01T00:00:00Z # later
[[arr]]
k = """\\""" still"""
[arr.sub]
z = [
  # nothing here
  [1, 2],
  [3],
]
[[arr.deep]]
n = 1
[[arr.deep]]
n = 2
'''


def paths_of(value: Any, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    found = {path}
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in pairs:
        here = (*path, key)
        found |= paths_of(item, here) if isinstance(item, dict | list) else {here}
    return found


def test_tricky_text() -> None:
    lines = lines_of(TRICKY)
    assert lines["a",] == 2
    assert lines["x", "y"] == 3
    assert lines["x", "y", "q r"] == 4
    assert lines["x", "y", "b", "c", "e", 1] == 9
    assert lines["x", "y", "lit.eral"] == 10
    assert lines["arr", 0, "when"] == 14
    assert lines["arr", 1, "k"] == 16
    assert lines["arr", 1, "sub", "z", 1] == 21
    assert lines["arr", 1, "deep", 1, "n"] == 26


def test_every_key_of_tricky_text_has_a_line() -> None:
    assert paths_of(tomllib.loads(TRICKY)) == set(lines_of(TRICKY))


@pytest.mark.parametrize("name", own_shelf().names)
def test_every_key_of_every_pack_has_a_line(name: str) -> None:
    folder = Path(str(own_shelf().folder)) / name
    for file in folder.rglob("*.toml"):
        text = file.read_text(encoding="utf-8")
        assert paths_of(tomllib.loads(text)) == set(lines_of(text)), file


_SCALARS = st.one_of(
    st.integers(-9, 9).map(str),
    st.booleans().map(lambda flag: "true" if flag else "false"),
    st.text(alphabet='ab#[]{},="\\', max_size=6).map(
        lambda s: '"' + s.replace("\\", "\\\\").replace('"', '\\"') + '"'
    ),
    st.text(alphabet='ab#[]{},="\\', max_size=6).map(lambda s: f"'{s}'"),
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[" + ",\n ".join(items) + "]"),
        st.lists(inner, max_size=3).map(
            lambda items: "{" + ", ".join(f"k{i} = {v}" for i, v in enumerate(items)) + "}"
        ),
    ),
    max_leaves=8,
)


@given(st.lists(_VALUES, max_size=5))
def test_any_values_are_scanned_whole(values: list[str]) -> None:
    text = "".join(f"key{i} = {value} # c\n" for i, value in enumerate(values))
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:  # a list within an inline table holds a line end
        return
    lines = lines_of(text)
    assert paths_of(data) == set(lines)
    for i in range(len(values)):
        assert text.split("\n")[lines[f"key{i}",] - 1].startswith(f"key{i} = ")
