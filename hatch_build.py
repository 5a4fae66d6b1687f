"""Puts into every package what is made, not written: the pages' scripts and the translations.

A source distribution carries both, so that a wheel is built from it without Node. An editable
installation carries neither: tools/setup makes them in the checkout.
"""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class MadeFiles(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's own hooks leave it open
    """The hook that pyproject.toml names `custom`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Makes what is missing or old, and adds it to the package."""
        if version == "editable":
            return
        root = Path(self.root)
        if (root / "web" / "bundle.py").is_file():
            _make(root)
        is_wheel = self.target_name == "wheel"
        inside = "anlan/desk/web" if is_wheel else "web/dist"
        build_data["force_include"][str(root / "web" / "dist")] = inside
        for made in sorted((root / "src" / "anlan").rglob("locale/*/LC_MESSAGES/*.mo")):
            place = made.relative_to(root / "src" if is_wheel else root)
            build_data["force_include"][str(made)] = place.as_posix()


def _make(root: Path) -> None:
    """Builds in a checkout; a source distribution has no sources of these."""
    sys.path.insert(0, str(root / "web"))
    try:
        import bundle
        import words

        bundle.ensure()
        words.compile_words()
    finally:
        sys.path.pop(0)
