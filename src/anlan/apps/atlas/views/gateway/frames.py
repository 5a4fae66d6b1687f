"""The last raw frames of a device, read once more, for its page."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from anlan.apps.atlas.views.gateway.asked import lines_of
from anlan.live.gateway.protocols import speech_of
from anlan.live.gateway.told.again import Again, read_again
from anlan.terms.errors import AnlanError

_MOST, _LONGEST, _MOST_LINES = 20, 400, 60


def frames_shown(protocol: str, device: str) -> list[dict[str, Any]]:
    """The newest first; none where none is kept or can be read now."""
    found: list[Again] = []
    with suppress(AnlanError):
        found = read_again(settings.PLACE.data, protocol, device, most=_MOST)
    is_text = speech_of(protocol).is_text if found else False
    return [_shown(one, is_text=is_text) for one in reversed(found)]


def _shown(one: Again, *, is_text: bool) -> dict[str, Any]:
    said = [line for frame in one.frames for line in lines_of(frame.fields)]
    readings = [(r.sensor, r.value) for frame in one.frames for r in frame.readings]
    raw = one.raw.decode("utf-8", "replace") if is_text else one.raw.hex(" ")
    return {
        "at": datetime.fromtimestamp(one.at / 1000, UTC),
        "raw": raw[:_LONGEST] + ("…" if len(raw) > _LONGEST else ""),
        "bytes": len(one.raw),
        "versions": one.then if one.then == one.now else f"{one.then} → {one.now}",
        "reason": next((frame.reason for frame in one.frames if frame.reason), ""),
        "lines": (said + [(name, f"{value:g}") for name, value in readings])[:_MOST_LINES],
    }
