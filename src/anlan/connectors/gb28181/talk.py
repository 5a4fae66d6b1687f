"""One conversation with a camera, a recorder or a platform below."""

from anlan.connectors.frames import Ask, Frame, Way
from anlan.connectors.gb28181.reader import Reader
from anlan.connectors.gb28181.sip.cut import Cutter
from anlan.terms.errors import Malformed


class Talk:
    """Both directions."""

    def __init__(self, way: Way) -> None:
        self._cutter = Cutter()
        self._reader = Reader(way, is_bare=True)

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are complete by now, in order."""
        return [self._reader.read(piece).frame for piece in self._cutter.feed(data)]

    def end(self) -> list[Frame]:
        """What was begun, as it stands."""
        return [self._reader.read(piece).frame for piece in self._cutter.end()]

    def answer(self, frame: Frame, now_ms: int) -> bytes:
        return b""

    def refuse(self, frame: Frame, now_ms: int) -> bytes:
        return b""

    def ask(self, ask: Ask, now_ms: int) -> tuple[str, bytes]:
        raise Malformed("nothing can be asked yet")
