"""Captured frames with what they say, shared beside the repository; and whether a protocol says it.

A vector: {"hex", "raw", "ascii", "frame", "text" or "nmea": its bytes, "expect": what its values
must be among}; what its own check calls wrong (`len_ok`, `checksum_ok` …), is `negative` or expects
an `error` must be refused.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from anlan.connectors.frames import Frame, Speech, Way

FOLDER = Path(__file__).resolve().parents[3] / "shared/data/protocols"


class Vector(NamedTuple):
    data: bytes
    is_good: bool
    expect: Mapping[str, Any]


def vectors(path: str) -> list[Any]:
    """The vectors of a file in FOLDER as parameters; one that is skipped where it is not here."""
    file = FOLDER / path
    if not file.is_file():
        why = pytest.mark.skip(reason=f"{path} is not here (../shared/data/protocols)")
        return [pytest.param(None, marks=why)]
    found = json.loads(file.read_text("utf-8"))["vectors"]
    return [pytest.param(_vector(one), id=str(n)) for n, one in enumerate(found)]


def _vector(one: Mapping[str, Any]) -> Vector:
    names = ("raw", "ascii", "frame", "text", "nmea")
    text = next((one[name] for name in names if one.get(name)), "")
    text = "\r\n".join(text) if isinstance(text, list) else str(text)
    data = bytes.fromhex(one["hex"]) if "hex" in one else text.encode()
    expect = one.get("expect") or {}
    checks = [value for name, value in one.items() if name.endswith("_ok")]
    is_good = all(checks) and not one.get("negative") and "error" not in expect
    return Vector(data, is_good, expect)


def frames_of(speech: Speech, data: bytes) -> list[Frame]:
    """What a buffer says by itself."""
    talk = speech.talk(Way())
    return talk.feed(data) + talk.end()


def unsaid(expect: Any, frame: Frame) -> list[Any]:
    """The values of expect that do not occur in a frame; numbers to 1e-6, texts as they are."""
    said = [*_values(frame.header), *_values(frame.fields), *(r.value for r in frame.readings)]
    return [want for want in _values(expect) if not any(_same(want, one) for one in said)]


def _values(told: Any) -> Iterator[Any]:
    if isinstance(told, Mapping):
        told = list(told.values())
    if isinstance(told, list | tuple):
        for one in told:
            yield from _values(one)
    else:
        yield told


def _same(want: Any, said: Any) -> bool:
    if isinstance(want, str) or isinstance(said, str) or want is None or said is None:
        return bool(want == said)
    return bool(abs(want - said) <= 1e-6 * max(1.0, abs(want)))
