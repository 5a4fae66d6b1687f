"""One stream of a receiver, a base station or a service that forwards them; nothing is answered."""

from typing import Any

from anlan.connectors.ais.lines import Lines
from anlan.connectors.ais.message import message_of
from anlan.connectors.ais.own import own_of
from anlan.connectors.ais.parcels import Parcels, Part, part_of
from anlan.connectors.ais.readings import own_readings, ship_readings
from anlan.connectors.ais.sentence import Sentence, read_sentence
from anlan.connectors.frames import Ask, Frame, Way
from anlan.terms.errors import Malformed

_SHIPS = ("VDM", "VDO")
_DIGITS = 9


class Talk:
    """A message of several sentences is one frame, when the last of them is here."""

    def __init__(self, way: Way) -> None:
        self._lines, self._parcels = Lines(), Parcels()

    def feed(self, data: bytes) -> list[Frame]:
        return [frame for piece in self._lines.feed(data) for frame in self._judged(*piece)]

    def end(self) -> list[Frame]:
        frames = [frame for piece in self._lines.end() for frame in self._judged(*piece)]
        return frames + [_lost(parts) for parts in self._parcels.end()]

    def _judged(self, raw: bytes, reason: str) -> list[Frame]:
        if reason:
            return [Frame(raw, reason)]
        try:
            sentence = read_sentence(raw)
            if sentence.formatter not in _SHIPS:
                return [_own(sentence)]
            whole, lost = self._parcels.put(part_of(sentence))
        except Malformed as error:
            return [Frame(raw, str(error))]
        frames = [_lost(parts) for parts in lost]
        return [*frames, _message(whole)] if whole else frames

    def answer(self, frame: Frame, now_ms: int) -> bytes:
        return b""

    def refuse(self, frame: Frame, now_ms: int) -> bytes:
        return b""

    def ask(self, ask: Ask, now_ms: int) -> tuple[str, bytes]:
        raise Malformed("receivers cannot be asked")


def _head(sentence: Sentence) -> dict[str, Any]:
    return {"talker": sentence.talker, "formatter": sentence.formatter, **sentence.tags}


def _raw(parts: list[Part]) -> bytes:
    return b"\r\n".join(part.sentence.raw for part in parts)


def _lost(parts: list[Part]) -> Frame:
    first = parts[0]
    reason = f"cut short: {len(parts)} of {first.total} sentences came"
    return Frame(_raw(parts), reason, header=_head(first.sentence))


def _message(parts: list[Part]) -> Frame:
    first = parts[0]
    tags = {name: value for part in parts for name, value in part.sentence.tags.items()}
    header = {**_head(first.sentence), **tags, "channel": first.key[-1], "parts": first.total}
    try:
        told = message_of(parts)
    except Malformed as error:
        return Frame(_raw(parts), str(error), header=header)
    device = f"{told['mmsi']:0{_DIGITS}}" if told.get("mmsi") is not None else ""
    taken = ship_readings(device, told, tags.get("time_ms")) if device else {}
    return Frame(_raw(parts), device=device, header=header, fields=told, **taken)


def _own(sentence: Sentence) -> Frame:
    """A sentence of the receiver itself; one with a value that is none is refused."""
    told = own_of(sentence.talker, sentence.formatter, sentence.fields)
    taken = own_readings(sentence.talker, told, sentence.tags.get("time_ms"))
    device = sentence.talker
    return Frame(sentence.raw, device=device, header=_head(sentence), fields=told, **taken)
