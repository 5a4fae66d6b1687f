"""One codec under a coverage-guided fuzzer: `python -m bench._fuzzed PROTOCOL FOLDER SECONDS`.

An input is a stream that arrives in two pieces: its first byte says where it is cut, and whether
somebody is there or bytes are only read. Whatever comes may raise nothing, and what is told of it
and said to it may neither. With `any` behind the seconds every check sum is right: what is changed
inside a frame then reaches what reads it.
"""

import importlib
import json
import sys
from typing import Any

import atheris

_AT_MS = 1_790_000_000_000
_MOST_BYTES = 4_096
SUMS = {
    "hj212": "cut._is_summed", "sl651": "sums.Sums.between", "gb26875": "cut.check_sum",
    "jt808": "frame.folded", "jt809": "frame.crc_hqx", "gb32960": "heads.check_of",
    "ais": "sentence.check_of",
}  # fmt: skip


class Each(int):
    """A number that is equal to each, also once it is written."""

    __hash__ = int.__hash__

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    def __bool__(self) -> bool:
        return False

    def __format__(self, form: str) -> str:
        return _Text(int(self).__format__(form))


class _Text(str):
    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False


def believe(protocol: str) -> None:
    """Makes every check sum of a protocol right."""
    *path, name = SUMS[protocol].split(".")
    where: Any = importlib.import_module(f"anlan.connectors.{protocol}.{path[0]}")
    for part in path[1:]:
        where = getattr(where, part)
    if not hasattr(where, name):
        raise AttributeError(f"{protocol} has no {SUMS[protocol]} any more")
    setattr(where, name, lambda *_, **__: name == "_is_summed" or Each(0))


def main(protocol: str, folder: str, seconds: str, sums: str = "") -> None:
    """Feeds it until the time is over; ends this process."""
    with atheris.instrument_imports(include=["anlan.connectors"]):
        importlib.import_module(f"anlan.connectors.{protocol}")
    if sums:
        believe(protocol)
    from anlan.connectors.frames import Way
    from anlan.live.gateway.protocols import speech_of

    speech = speech_of(protocol)

    def hear(data: bytes) -> None:
        cut = data[0] if data else 0
        talk = speech.talk(Way(far="192.0.2.7:5060" if cut % 2 else ""))
        for frame in talk.feed(data[1:cut]) + talk.feed(data[max(1, cut) :]) + talk.end():
            json.dumps([dict(frame.header), dict(frame.fields)])
            (talk.answer if frame.is_ok else talk.refuse)(frame, _AT_MS)

    bounds = [f"-max_total_time={seconds}", f"-max_len={_MOST_BYTES}", "-timeout=5",
              "-rss_limit_mb=1024", f"-artifact_prefix={folder}/"]  # fmt: skip
    atheris.Setup([sys.argv[0], *bounds, folder], hear)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
