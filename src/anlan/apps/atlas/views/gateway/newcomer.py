"""A new device as the page shows it."""

import re
from datetime import UTC, datetime
from typing import Any

from anlan.apps.atlas.meaning import unit_of_quantity
from anlan.apps.atlas.queries.gateway.newcomers import Newcomer, Part
from anlan.apps.atlas.queries.naming import region_name
from anlan.live.gateway.protocols import title_of
from anlan.packs.units import shown

_MOST_PARTS = 60
_SHORT = re.compile(r"[A-Za-z/-]+(?: [A-Z]+\b| [\d.]+)?")
"""A protocol without its edition and its long name: GB/T 26875.3, OPC UA."""


def newcomer_shown(one: Newcomer, *, told: str) -> dict[str, Any]:
    """Its parts with their last values, and what the form suggests; told: why it was refused."""
    return {
        "one": one,
        "told": told,
        "title": title_of(one.protocol),
        "at": datetime.fromtimestamp(one.newest_at / 1000, UTC),
        "parts": [_part(one.protocol, part) for part in one.parts[:_MOST_PARTS]],
        "more": max(0, len(one.parts) - _MOST_PARTS),
        "name": f"{_short(title_of(one.protocol))} {one.device}"[:128],
        "region": one.county,
        "region_name": region_name(one.county),
    }


def _short(title: str) -> str:
    found = _SHORT.match(title)
    return found[0] if found else title


def _part(protocol: str, part: Part) -> dict[str, Any]:
    unit = unit_of_quantity(f"{protocol}.{part.measured}")
    return {
        "part": part,
        "value": shown(part.knock.newest.value, unit) if part.knock else "—",
        "at": datetime.fromtimestamp(part.knock.newest.time / 1000, UTC) if part.knock else None,
        "rows": part.knock.rows if part.knock else 0,
    }
