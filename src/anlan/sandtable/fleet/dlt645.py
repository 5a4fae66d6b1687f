"""Electricity meters 电能表 on a serial line behind a converter: they answer when asked."""

from collections.abc import Callable
from dataclasses import dataclass, field

from anlan.connectors.dlt645.codec import answer_to
from anlan.connectors.dlt645.frame import ANY, Frame, cutter, read, written
from anlan.sandtable.fleet.line import nowhere


@dataclass
class Meter:
    """items: what it answers, by the identifier in the order of the tables, as bytes in that
    order."""

    address: str
    items: dict[str, bytes]

    def say(self, asked: Frame) -> Frame | None:
        """Its answer; None where it is not meant."""
        if asked.address not in (self.address, ANY):
            return None
        found = self.items.get(asked.data[::-1].hex())
        return answer_to(asked, self.address, found[::-1] if found is not None else None)


@dataclass
class Bus:
    """A line of meters. say: where what they say goes · heard: what was asked."""

    meters: list[Meter]
    say: Callable[[bytes], None] = field(default=nowhere)
    heard: list[Frame] = field(default_factory=list)

    def begin(self, now_ms: int) -> None:
        """Somebody called."""
        self._cut = cutter()

    def look(self, now_ms: int) -> None:
        """Meters say nothing by themselves."""

    def hear(self, data: bytes, now_ms: int) -> None:
        """Answers what is asked."""
        for raw, reason in self._cut.feed(data):
            if not reason:
                asked = read(raw)
                self.heard.append(asked)
                for said in filter(None, [one.say(asked) for one in self.meters]):
                    self.say(written(said))
