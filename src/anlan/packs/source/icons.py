"""Reads icons.toml: the drawings that pack.toml names."""

import re
from collections.abc import Mapping

from anlan.packs.source.document import Document, Table

ICON = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SIDE = 24
"""Drawings stand on a field of 24 by 24, its corner at 0 0."""
_LONGEST = 800
_PATH = re.compile(r"M[MmLlHhVvCcSsQqTtAaZz0-9 ,.-]+")


def read_icons(document: Document) -> Mapping[str, str]:
    """The path of each drawing by its name, as SVG writes it; pages draw it as a line."""
    root = document.root
    found = {name: _read_path(root, name) for name in root.data}
    root.finish()
    return found


def _read_path(root: Table, name: str) -> str:
    path = root.text(name)
    if not ICON.fullmatch(name):
        root.wrong(f"{name!r} is no name of an icon, such as water-level", name)
    if path and not (_PATH.fullmatch(path) and len(path) <= _LONGEST):
        root.wrong(
            f"{name} must be the path of a drawing: commands and numbers from an M on,"
            f" at most {_LONGEST} characters",
            name,
        )
        return ""
    return path


def read_icon(table: Table, drawn: Mapping[str, str]) -> str:
    """The name of an icon that is drawn; of a pack that draws nothing, any name."""
    icon = table.text("icon")
    if icon and not ICON.fullmatch(icon):
        table.wrong(f"icon must be a name such as water-level, not {icon!r}", "icon")
    elif icon and drawn and icon not in drawn:
        table.wrong(f"no icon {icon!r} in icons.toml", "icon")
    return icon
