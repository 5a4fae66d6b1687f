"""What the pages load: the built scripts and styles of web/, by the name of their source."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypedDict

from anlan.terms.errors import Unavailable

_BESIDE = Path(__file__).resolve().parent / "web"
_CHECKOUT = Path(__file__).resolve().parents[3] / "web" / "dist"
PREFIX = "/static/"


class Asset(NamedTuple):
    """The addresses that an entry needs: its script, and styles in order."""

    script: str
    styles: tuple[str, ...]


class _Piece(TypedDict, total=False):
    """A built file in Vite's manifest: itself, its styles, and the pieces that it imports."""

    file: str
    css: list[str]
    imports: list[str]


def folder() -> Path:
    """Where the built files are: in the wheel, or in a checkout."""
    return _BESIDE if _BESIDE.is_dir() else _CHECKOUT


def asset(name: str) -> Asset:
    """The addresses of an entry such as `desk.ts`; Unavailable where it is not built."""
    manifest = _manifest()
    entry = f"src/{name}"
    if entry not in manifest:
        raise Unavailable(f"{name} is no entry of the built scripts")
    styles = dict.fromkeys(PREFIX + style for style in _styles(manifest, entry))
    return Asset(PREFIX + manifest[entry]["file"], tuple(styles))


def script(name: str) -> bytes:
    """The script of an entry itself, for an address of its own; Unavailable as above."""
    return (folder() / asset(name).script.removeprefix(PREFIX)).read_bytes()


@cache
def _manifest() -> dict[str, _Piece]:
    try:
        text = (folder() / ".vite" / "manifest.json").read_text()
    except FileNotFoundError as error:
        raise Unavailable("the pages' scripts are not built; run tools/web") from error
    found: dict[str, _Piece] = json.loads(text)
    return found


def _styles(manifest: dict[str, _Piece], name: str) -> Iterator[str]:
    """The styles of a piece, after those of the pieces that it imports."""
    for other in manifest[name].get("imports", []):
        yield from _styles(manifest, other)
    yield from manifest[name].get("css", [])
