"""A stream of media packets: told, and not answered."""

from anlan.connectors.cut import Cutter
from anlan.connectors.frames import Ask, Frame, Way
from anlan.connectors.jt1078.packet import JUDGE, read_packet, told
from anlan.terms.errors import Malformed

_SHOWN_BYTES = 8


class Stream:
    """One far end."""

    def __init__(self, way: Way) -> None:
        """Raises Malformed for a setting: there is none."""
        if way.words:
            raise Malformed(f"{next(iter(way.words))!r} is no setting of JT/T 1078: it has none")
        self._cutter = Cutter(JUDGE)

    def feed(self, data: bytes) -> list[Frame]:
        return [_frame(*piece) for piece in self._cutter.feed(data)]

    def end(self) -> list[Frame]:
        return [_frame(*piece) for piece in self._cutter.end()]

    def answer(self, frame: Frame, now_ms: int) -> bytes:
        return b""

    def refuse(self, frame: Frame, now_ms: int) -> bytes:
        return b""

    def ask(self, ask: Ask, now_ms: int) -> tuple[str, bytes]:
        raise Malformed("a stream cannot be asked; JT/T 808 asks the terminal that sends it")


def _frame(raw: bytes, reason: str) -> Frame:
    if reason:
        return Frame(raw, reason)
    one = read_packet(raw)
    fields = {"body_head": one.data[:_SHOWN_BYTES].hex(), "body": one.data.hex()}
    return Frame(raw, "", one.device, told(one), fields)
