"""Raw frames that are kept, decoded once more; their secrets are covered before."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from anlan.connectors.frames import BEIJING, Frame, Way
from anlan.live.gateway.devices.frames import frames_of
from anlan.live.gateway.protocols import speech_of
from anlan.live.gateway.settings import has_gateway, listeners_in
from anlan.terms.errors import AnlanError
from anlan.terms.quality import Quality
from anlan.terms.times import format_time


class Again(NamedTuple):
    """A frame as it is read today. at: when it came, ms UTC · then, now: the version of the
    decoding that read it then, and today's · raw: its bytes, covered · frames: what is read."""

    at: int
    then: int
    now: int
    raw: bytes
    frames: Sequence[Frame]


def read_again(data: Path, protocol: str, device: str, *, most: int) -> list[Again]:
    """The newest frames of a device, the oldest of them first; in this order they are read, as
    parts of one message come in several."""
    speech = speech_of(protocol)
    talk, end = speech.talk(_way(data, protocol)), b"\r\n" if speech.is_text else b""
    found = []
    for one in frames_of(data, protocol, device, most=most):
        raw = speech.covered(one.raw)
        frames = [frame for frame in talk.feed(raw + end) if frame.raw.strip()]
        found.append(Again(one.at, one.version, speech.version, raw, frames))
    return found


def _way(data: Path, protocol: str) -> Way:
    """The zone of that protocol's first listener; its other settings are of no matter here."""
    try:
        listeners = listeners_in(data) if has_gateway(data) else ()
    except AnlanError:
        listeners = ()
    zones = (one.way.zone for one in listeners if one.protocol == protocol)
    return Way(next(zones, BEIJING))


def told(one: Again) -> list[dict[str, Any]]:
    """As JSON: of each frame what it says, with when it came and its bytes."""
    head = {"at": format_time(one.at), "version": one.then, "decoded_by": one.now,
            "frame": one.raw.hex()}  # fmt: skip
    return [head | _said(frame) for frame in one.frames] or [head]


def _said(frame: Frame) -> dict[str, Any]:
    return {
        "verdict": "ok" if frame.is_ok else "refused", "reason": frame.reason,
        "header": dict(frame.header), "fields": dict(frame.fields),
        "readings": [
            {"sensor": sensor, "time": format_time(time), "value": value,
             "quality": Quality(quality).word}
            for sensor, time, value, quality, _ in frame.readings
        ],
    }  # fmt: skip
