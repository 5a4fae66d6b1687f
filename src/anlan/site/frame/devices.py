"""The devices' side of the system page: what the field gateway hears, in plain words."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from anlan.apps.atlas.queries.gateway.heard import is_own
from anlan.apps.atlas.words import fault_word
from anlan.desk.asker import Asker
from anlan.live.gateway.settings import has_gateway
from anlan.live.gateway.told import last_told
from anlan.live.ways import told as ways
from anlan.live.ways.settings import has_ways

_LATE, _RECENT, _SHOWN = timedelta(seconds=15), timedelta(minutes=10), 20


def gateway_told() -> dict[str, Any] | None:
    """What the gateway of this site said last; None where it has none or none has spoken yet."""
    data = settings.PLACE.data
    return last_told(data) if has_gateway(data) else None


def ways_told() -> dict[str, Any] | None:
    """What the ways by mappings said last; None where there are none or none has spoken yet."""
    data = settings.PLACE.data
    return ways.last_told(data) if has_ways(data) else None


def shown(told: dict[str, Any] | None, *, with_heard: bool = False) -> list[dict[str, Any]]:
    """Its listeners as people read them; with_heard: and who spoke last, whosever they are."""
    return [
        {
            **one,
            "last_at": _moment(one["last_at"]) if one["last_at"] else None,
            "faults": [(fault_word(code), n) for code, n in one["faults"].items()],
            "heard": [
                {**row, "seen_at": _moment(row["seen_at"])}
                for row in (one["heard"][:_SHOWN] if with_heard else ())
            ],
        }
        for one in (told or {"listeners": []})["listeners"]
    ]


def gateway_faults(asker: Asker, told: dict[str, Any] | None) -> Iterator[tuple[str, str]]:
    """What is wrong with it, and what to do; of devices, those that are the asker's."""
    now = asker.now
    if not has_gateway(settings.PLACE.data):
        return
    if told is None or now - _moment(told["at"]) > _LATE:
        yield (
            _("The field gateway does not run: devices that speak their own protocols are not "
              "heard."),
            _("It is started again by itself. If this stays, look at its log and gateway.toml."),
        )  # fmt: skip
        return
    for one in told["listeners"]:
        if one["trouble"]:
            yield (
                _("What comes by %(name)s cannot be stored: %(reason)s.")
                % {"name": one["name"], "reason": one["trouble"]},
                _("Nothing is acknowledged to the devices meanwhile; they send it again."),
            )
        yield from _wrong_clocks(asker, one)


def way_faults(told: dict[str, Any] | None, now: datetime) -> Iterator[tuple[str, str]]:
    """What is wrong with the ways by mappings, and what to do."""
    if not has_ways(settings.PLACE.data):
        return
    if told is None or now - _moment(told["at"]) > _LATE:
        yield (
            _("Nothing is taken in by the mappings in the folder ways: their process does not "
              "run."),
            _("It is started again by itself. If this stays, anlan doctor says which is wrong."),
        )  # fmt: skip
        return
    for one in told["listeners"]:
        if one.get("is_wrong"):
            yield (
                _("Nothing comes by %(name)s: %(reason)s.")
                % {"name": one["name"], "reason": one["trouble"]},
                _("The other ways go on. Mend the file; it is read again within seconds."),
            )
        elif one["trouble"]:
            yield (
                _("%(name)s: %(reason)s.") % {"name": one["name"], "reason": one["trouble"]},
                _("It is tried again by itself."),
            )


def _wrong_clocks(asker: Asker, one: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Of each kind the device whose clock was wrong last, while that is not long ago."""
    for code, (at, device) in one["last_fault"].items():
        is_recent = asker.now - _moment(at) < _RECENT
        if code.startswith("clock_") and is_recent and is_own(asker, one["protocol"], device):
            yield (
                _("Device %(device)s (%(name)s) tells a wrong time: %(what)s, last at %(at)s.")
                % {"device": device, "name": one["name"], "what": fault_word(code),
                   "at": f"{localtime(_moment(at)):%T}"},
                _("Its readings bear the time of reception and count as uncertain. Set its clock."),
            )  # fmt: skip


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
