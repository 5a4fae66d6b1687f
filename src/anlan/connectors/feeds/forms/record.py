"""One event of a feed as fields and a geometry, whether GeoJSON or GeoRSS told it."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from anlan.cap.feed import moment_at
from anlan.terms.errors import Malformed

_LONGEST = 1_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]+")
_EPOCH_MS = re.compile(r"-?[0-9]{9,15}")


@dataclass(frozen=True, slots=True)
class Record:
    """fields: by name, `a.b` is b within a · geometry: of GeoJSON, None for nowhere · source, kind:
    what was told, as it came, and its media type · wrong: why it cannot be taken, empty where it
    can."""

    fields: Mapping[str, Any]
    geometry: Mapping[str, Any] | None
    source: bytes
    kind: str
    wrong: str = ""

    def value(self, name: str) -> Any:
        """What a field holds; None for what is not there."""
        found: Any = self.fields
        for part in name.split(".") if name not in self.fields else [name]:
            found = found.get(part) if isinstance(found, Mapping) else None
        return found

    def text(self, name: str) -> str:
        """The same in a line; empty for what is not there, or is no single value."""
        found = self.value(name) if name else None
        if isinstance(found, bool):
            return "true" if found else "false"
        if isinstance(found, float):
            short = repr(found) if len(repr(found)) < 10 else f"{found:.6g}"
            return short if math.isfinite(found) else ""
        if not isinstance(found, str | int):
            return ""
        return _CONTROL.sub(" ", str(found)).strip()[:_LONGEST]

    def number(self, name: str) -> float | None:
        """The same as a finite number."""
        try:
            found = float(self.text(name))
        except ValueError:
            return None
        return found if math.isfinite(found) else None

    def moment(self, names: tuple[str, ...]) -> datetime | None:
        """The time in the first field that is there: ms since 1970, or as Atom or mail write it;
        one without a zone is in UTC. Malformed for what is no time."""
        text = next(filter(None, map(self.text, names)), "")
        if not text:
            return None
        found = _moment(text)
        if found is None:
            raise Malformed(f"not a time: {text[:40]!r}")
        return found


def _moment(text: str) -> datetime | None:
    try:
        if _EPOCH_MS.fullmatch(text):
            return datetime.fromtimestamp(int(text) / 1000, UTC)
        found = moment_at(text) or datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
