"""A protocol of a few lines: `DEVICE QUANTITY VALUE MS`, answered `ok` or `later`."""

from anlan.connectors.frames import Ask, Frame, Speech, Way
from anlan.terms.errors import Malformed
from anlan.terms.quality import Quality
from anlan.terms.readings import Reading
from anlan.terms.times import NEVER

MOST = 200


class Talk:
    """One conversation; a name of a device that was heard can be asked."""

    def __init__(self, way: Way) -> None:
        self._rest, self._heard = b"", ""

    def feed(self, data: bytes) -> list[Frame]:
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > MOST:
            lines, self._rest = [*lines, self._rest], b""
        return [self._judged(line) for line in lines if line.strip()]

    def end(self) -> list[Frame]:
        rest, self._rest = self._rest, b""
        return [self._judged(rest)] if rest.strip() else []

    def _judged(self, line: bytes) -> Frame:
        try:
            device, quantity, value, time = line.decode("ascii").split()
            if quantity == "answer":
                return Frame(line, device=device, fields={"said": value}, ask=time)
            reading = Reading(f"{device}.{quantity}", int(time), float(value), Quality.GOOD, NEVER)
        except ValueError:
            return Frame(line, "not four words", fields={"text": line.decode("latin1")})
        self._heard = device
        return Frame(line, device=device, fields={"value": float(value)}, readings=(reading,))

    def answer(self, frame: Frame, now_ms: int) -> bytes:
        return b"ok %s\n" % frame.device.encode() if frame.is_ok and not frame.ask else b""

    def refuse(self, frame: Frame, now_ms: int) -> bytes:
        return b"later %s\n" % frame.device.encode() if frame.is_ok else b""

    def ask(self, ask: Ask, now_ms: int) -> tuple[str, bytes]:
        if ask.name != "tell":
            raise Malformed(f"there is no question {ask.name!r}")
        return f"q{now_ms}", b"tell q%d\n" % now_ms


PROTOCOL = Speech("tiny", "a test's own", Talk, MOST, is_text=True, asks=("tell",))
