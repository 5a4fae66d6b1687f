"""What was refused and why, counted by code, with the first few of each to show."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

_SHOWN = 5


class Code(StrEnum):
    """Why a row is refused before the gate; the gate's own codes are its verdicts."""

    UNREADABLE = "unreadable"
    UNKNOWN_SENSOR = "unknown_sensor"


@dataclass(slots=True)
class Faults:
    """Refused rows.

    counts: by code · examples: by code, up to five of (row or line number, what was wrong).
    """

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[tuple[int | None, str]]] = field(default_factory=dict)

    def add(self, code: str, row: int | None, reason: str, *, count: int = 1) -> None:
        """Counts `count` rows, and keeps the reason while few are kept."""
        if count <= 0:
            return
        self.counts[code] += count
        kept = self.examples.setdefault(code, [])
        if reason and len(kept) < _SHOWN:
            kept.append((row, reason))

    def clear(self) -> None:
        """Forgets all, before the same file is read again."""
        self.counts.clear()
        self.examples.clear()

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def line(self) -> str:
        """One line for the end of stderr: the total, then each code."""
        codes = ", ".join(f"{code} {n:,}" for code, n in sorted(self.counts.items()) if n)
        return f"refused {self.total:,} rows" + (f": {codes}" if codes else "")
