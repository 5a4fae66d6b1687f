"""What every talk with devices keeps to, whatever arrives: laws that a protocol's test calls."""

import json
from collections.abc import Sequence
from itertools import pairwise
from time import process_time

from anlan.connectors.frames import Frame, Speech, Way


def heard(speech: Speech, data: bytes, cuts: Sequence[int] = ()) -> list[Frame]:
    """The frames of a stream that arrives in pieces."""
    talk = speech.talk(Way())
    frames: list[Frame] = []
    for start, end in pairwise([0, *sorted(at % (len(data) + 1) for at in cuts), len(data)]):
        frames += talk.feed(data[start:end])
    return frames + talk.end()


def good(speech: Speech, data: bytes, cuts: Sequence[int] = ()) -> list[bytes]:
    """The bytes of the good frames of a stream."""
    return [frame.raw for frame in heard(speech, data, cuts) if frame.is_ok]


def splits_the_same(speech: Speech, data: bytes, cuts: Sequence[int]) -> None:
    """Any split gives the same frames, each byte is in one of them, and none is over the bound."""
    whole = heard(speech, data)
    assert heard(speech, data, cuts) == whole
    assert b"".join(frame.raw for frame in whole) == data
    assert all(0 < len(frame.raw) <= speech.most_bytes for frame in whole)


def says_something(speech: Speech, data: bytes) -> None:
    """No input raises, nor does what is told of it and said to it."""
    talk = speech.talk(Way())
    for frame in talk.feed(data) + talk.end():
        json.dumps([dict(frame.header), dict(frame.fields)])
        said = talk.answer if frame.is_ok else talk.refuse
        assert isinstance(said(frame, 1_790_000_000_000), bytes)
        assert all(one.sensor.startswith(f"{frame.device}.") for one in frame.readings)


def reads_hostile_streams(speech: Speech, patterns: Sequence[bytes], *, keeps: int) -> None:
    """Twice as much takes no more than in proportion, and no more than so many bytes are kept."""
    for pattern in patterns:
        talk = speech.talk(Way())
        piece = (pattern * 20_000)[:20_000]
        began = process_time()
        talk.feed(piece)
        once = process_time() - began
        began = process_time()
        for _ in range(2):
            talk.feed(piece)
        assert process_time() - began < 12 * once + 0.5
        assert len(b"".join(frame.raw for frame in talk.end())) <= keeps
