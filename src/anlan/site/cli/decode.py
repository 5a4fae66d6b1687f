"""`anlan decode`: frames of devices as JSON, one object a frame."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING, Any

import click
import msgspec

from anlan.terms.errors import Malformed
from anlan.terms.quality import Quality
from anlan.terms.times import format_time

if TYPE_CHECKING:
    from anlan.connectors.frames import Frame, Speech

_HELP = """Say what frames of a protocol mean, one JSON object a frame, in order.

Without --hex the bytes are one stream of frames; with it each line of the input is
one buffer in hexadecimal, of text protocols too. A frame is `ok`, or `refused` with
the reason; a line that holds none is one `refused`. Nothing is stored, no site is
needed, and a large file is read piece by piece. FILE may be - for standard input.

Exit status: 0 every line was judged · 2 wrong usage.

\b
Examples:
  anlan decode --list
  anlan decode hj212 station.log
  echo 7E0002000001234567890100008A7E | anlan decode jt808 --hex
  nc 10.1.2.3 9000 | anlan decode sl651 -
"""
_PIECE, _NO_FRAME = 1 << 16, "no frame in it"
Numbered = tuple[int, "Frame"]


@click.command(help=_HELP, short_help="Frames of devices as JSON, one object a frame.")
@click.argument("protocol", required=False)
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--hex", "is_hex", is_flag=True, help="Each line is one buffer in hexadecimal.")
@click.option("--list", "lists", is_flag=True, help="The protocols there are, one name a line.")
def command(protocol: str | None, file: IO[bytes], *, is_hex: bool, lists: bool) -> None:
    from anlan.live.gateway.protocols import UNLISTED, names, speech_of

    if lists:
        click.echo("\n".join(name for name in names() if name not in UNLISTED))
        return
    if protocol is None:
        raise click.UsageError("name a protocol; --list shows those there are")
    try:
        speech = speech_of(protocol)
    except Malformed as error:
        raise click.BadParameter(str(error), param_hint="PROTOCOL") from error
    read: Callable[[IO[bytes], Speech], Iterator[list[Numbered]]]
    read = _buffers if is_hex else _stream
    for group in read(file, speech):
        sys.stdout.buffer.write(b"".join(_row(speech, *one) for one in group))
        sys.stdout.buffer.flush()


def _stream(file: IO[bytes], speech: Speech) -> Iterator[list[Numbered]]:
    """The frames of one stream; of a text each bears the line that it ended on."""
    from anlan.connectors.frames import Frame, Way

    talk, line, lines = speech.talk(Way()), 1, 0
    is_begun = has_frame = False
    for piece in _pieces(file, by_line=speech.is_text):
        line, is_begun = lines + 1, True
        frames = talk.feed(piece)
        has_frame = has_frame or bool(frames)
        yield [(line, frame) for frame in frames]
        lines += speech.is_text and piece.endswith(b"\n")
    last = talk.end()
    if not has_frame and not last and is_begun:
        last = [Frame(b"", _NO_FRAME)]
    yield [(line, frame) for frame in last]


def _pieces(file: IO[bytes], *, by_line: bool) -> Iterator[bytes]:
    read = file.readline if by_line else getattr(file, "read1", file.read)
    while piece := read(_PIECE):
        yield piece


def _buffers(file: IO[bytes], speech: Speech) -> Iterator[list[Numbered]]:
    """The frames of each line, every line by itself."""
    line, piece = 1, file.readline(_PIECE)
    while piece:
        buffer = _Buffer(speech)
        while piece:
            yield [(line, frame) for frame in buffer.feed(piece)]
            if piece.endswith(b"\n"):
                break
            piece = file.readline(_PIECE)
        yield [(line, frame) for frame in buffer.end()]
        line, piece = line + 1, file.readline(_PIECE)


class _Buffer:
    """One line of hexadecimal, which may come in pieces."""

    def __init__(self, speech: Speech) -> None:
        from anlan.connectors.frames import Way

        self._talk = speech.talk(Way())
        self._rest, self._reason, self._has_frame = b"", "", False

    def feed(self, piece: bytes) -> list[Frame]:
        digits = self._rest + b"".join(piece.split())
        even = len(digits) // 2 * 2
        self._rest = digits[even:]
        try:
            data = bytes.fromhex(digits[:even].decode("ascii"))
        except ValueError:
            self._reason = self._reason or "not hexadecimal"
        return [] if self._reason else self._seen(self._talk.feed(data))

    def end(self) -> list[Frame]:
        """What is left of the line; one refused frame where it held none, or was no line of it."""
        from anlan.connectors.frames import Frame

        if self._rest:
            self._reason = self._reason or "not hexadecimal: an odd number of digits"
        frames = [] if self._reason else self._seen(self._talk.end())
        if self._reason or not self._has_frame:
            frames.append(Frame(b"", self._reason or _NO_FRAME))
        return frames

    def _seen(self, frames: list[Frame]) -> list[Frame]:
        self._has_frame = self._has_frame or bool(frames)
        return frames


def _row(speech: Speech, line: int, frame: Frame) -> bytes:
    row = {
        "line": line,
        "protocol": speech.name,
        "verdict": "ok" if frame.is_ok else "refused",
        "reason": frame.reason,
        "header": dict(frame.header),
        "fields": dict(frame.fields),
        "readings": [_reading(*one, is_dated=not frame.dials) for one in frame.readings],
    }
    try:
        return msgspec.json.encode(row) + b"\n"  # what is not finite becomes null
    except UnicodeEncodeError:  # half a character of UTF-16
        return msgspec.json.encode(_whole(row)) + b"\n"


def _reading(
    sensor: str, time: int, value: float, quality: int, _: int, *, is_dated: bool
) -> dict[str, Any]:
    """A time of which only a part was told is none before it is known when the frame came."""
    at, word = format_time(time) if is_dated else None, Quality(quality).word
    return {"sensor": sensor, "time": at, "value": value, "quality": word}


def _whole(value: Any) -> Any:
    """The same with every half of a character replaced."""
    match value:
        case str():
            return value.encode(errors="replace").decode()
        case dict():
            return {_whole(name): _whole(one) for name, one in value.items()}
        case list() | tuple():
            return [_whole(one) for one in value]
    return value
