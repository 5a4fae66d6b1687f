"""What the pages load: the built scripts and styles of web/, by the name of their source."""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

from anlan.terms.errors import Unavailable

_BESIDE = Path(__file__).resolve().parent / "web"
_CHECKOUT = Path(__file__).resolve().parents[3] / "web" / "dist"
PREFIX = "/static/"


class Asset(NamedTuple):
    """The addresses that an entry needs: its script, and styles in order."""

    script: str
    styles: tuple[str, ...]


def folder() -> Path:
    """Where the built files are: in the wheel, or in a checkout."""
    return _BESIDE if _BESIDE.is_dir() else _CHECKOUT


@cache
def _manifest() -> dict[str, dict[str, object]]:
    try:
        found: dict[str, dict[str, object]] = json.loads(
            (folder() / ".vite" / "manifest.json").read_text()
        )
    except FileNotFoundError as error:
        raise Unavailable("the pages' scripts are not built; run tools/web") from error
    return found


def asset(name: str) -> Asset:
    """The addresses of an entry such as `desk.ts`; Unavailable where it is not built."""
    manifest = _manifest()
    entry = manifest.get(f"src/{name}")
    if entry is None:
        raise Unavailable(f"{name} is no entry of the built scripts")
    styles = [str(one) for one in entry.get("css", [])]  # type: ignore[attr-defined]  # a list by Vite's format
    return Asset(PREFIX + str(entry["file"]), tuple(PREFIX + one for one in styles))
