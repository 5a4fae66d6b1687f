"""How much of what devices sent is kept beside their readings: `[kept]` in gateway.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from anlan.terms.errors import Malformed

FILE = "gateway.toml"


@dataclass(frozen=True, slots=True)
class Kept:
    """Raw frames, and pictures with other files, of all devices together: as much, and as long, as
    the first of both allows; 0 keeps none."""

    frames_mb: int = 500
    frames_days: int = 7
    media_mb: int = 2_000
    media_days: int = 365

    @classmethod
    def of(cls, table: Any) -> "Kept":
        """Of a table of settings; Malformed names what is wrong."""
        known = {one.name for one in fields(cls)}
        if not isinstance(table, Mapping):
            raise Malformed("kept must be a table")
        for name, value in table.items():
            if name not in known:
                raise Malformed(f"kept: there is no setting {name!r}")
            if type(value) is not int or not 0 <= value <= 1_000_000:
                raise Malformed(f"kept: {name} must be a whole number from 0 to 1000000")
        return cls(**table)


def kept_in(data: Path) -> Kept:
    """What a data folder says of it, or what is usual."""
    try:
        found = tomllib.loads((data / FILE).read_text("utf-8"))
        return Kept.of(found.get("kept", {}))
    except (OSError, ValueError, Malformed):
        return Kept()
