"""The phones: what they got, as it came and as a person sees it."""

import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Got:
    """A part as it came to a phone. mark, number, total: its place in a longer text."""

    to: str
    sender: str
    text: str
    at_ms: int
    mark: int = 0
    number: int = 1
    total: int = 1
    is_flash: bool = False


class Phones:
    """All phones of the world; thread-safe."""

    def __init__(self) -> None:
        self._got: list[Got] = []
        self._change = threading.Condition()

    def take(self, got: Got) -> None:
        """A part has come."""
        with self._change:
            self._got.append(got)
            self._change.notify_all()

    def raw(self) -> list[Got]:
        """Every part, in order, also what came twice."""
        with self._change:
            return list(self._got)

    def texts(self) -> dict[str, list[str]]:
        """By number the whole texts; one that came twice is shown once, half of one not at all."""
        found: dict[str, list[str]] = {}
        piles: dict[tuple[str, int, int], dict[int, str]] = {}
        for got in self.raw():
            pile = piles.setdefault((got.to, got.mark, got.total), {})
            pile[got.number] = got.text
            if len(pile) == got.total:
                text = "".join(pile[number] for number in sorted(pile))
                shown = found.setdefault(got.to, [])
                if text not in shown:
                    shown.append(text)
                piles.pop((got.to, got.mark, got.total))
        return found

    def wait(self, parts: int, most_s: float = 10.0) -> bool:
        """Until so many parts have come; whether they did in time."""
        with self._change:
            return self._change.wait_for(lambda: len(self._got) >= parts, most_s)
