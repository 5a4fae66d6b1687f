"""The devices' side of the system page: what the field gateway hears, in plain words."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.live.gateway.settings import has_gateway
from anlan.live.gateway.told import last_told

FAULTS = {
    "frame_refused": gettext_lazy("frames that cannot be read"),
    "frame_partly_read": gettext_lazy("frames with parts that are no readings"),
    "foreign_device": gettext_lazy("devices that are not allowed"),
    "foreign_address": gettext_lazy("addresses that are not allowed"),
    "clock_unset": gettext_lazy("clock of the device never set"),
    "clock_ahead": gettext_lazy("clock of the device ahead"),
    "clock_8h_ahead": gettext_lazy("clock of the device 8 h ahead"),
    "clock_8h_behind": gettext_lazy("clock of the device 8 h behind"),
    "garbage": gettext_lazy("cut: nothing but garbage"),
    "silent": gettext_lazy("cut: no whole frame in time"),
    "does_not_read": gettext_lazy("cut: does not read its answers"),
    "too_many_connections": gettext_lazy("turned away: all connections are taken"),
    "too_many_of_address": gettext_lazy("turned away: too many of one address"),
    "datagram_lost": gettext_lazy("datagrams lost: more than can be taken"),
    "unreachable": gettext_lazy("called, but cannot be reached"),
    "out_of_step": gettext_lazy("cut: does not keep to its protocol"),
    "reader_broken": gettext_lazy("cut: our reader failed, see the log"),
}
"""What people call the faults of devices."""
_LATE, _RECENT, _SHOWN = timedelta(seconds=15), timedelta(minutes=10), 20


def gateway_told() -> dict[str, Any] | None:
    """What the gateway of this site said last; None where it has none or none has spoken yet."""
    data = settings.PLACE.data
    return last_told(data) if has_gateway(data) else None


def shown(told: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Its listeners as people read them."""
    return [
        {
            **one,
            "last_at": _moment(one["last_at"]) if one["last_at"] else None,
            "faults": [(FAULTS.get(code, code), n) for code, n in one["faults"].items()],
            "heard": [{**row, "seen_at": _moment(row["seen_at"])} for row in one["heard"][:_SHOWN]],
        }
        for one in (told or {"listeners": []})["listeners"]
    ]


def gateway_faults(told: dict[str, Any] | None, now: datetime) -> Iterator[tuple[str, str]]:
    """What is wrong with it, and what to do."""
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
        yield from _wrong_clocks(one, now)


def _wrong_clocks(one: dict[str, Any], now: datetime) -> Iterator[tuple[str, str]]:
    """Of each kind the device whose clock was wrong last, while that is not long ago."""
    for code, (at, device) in one["last_fault"].items():
        if code.startswith("clock_") and now - _moment(at) < _RECENT:
            yield (
                _("Device %(device)s (%(name)s) tells a wrong time: %(what)s, last at %(at)s.")
                % {"device": device, "name": one["name"], "what": FAULTS.get(code, code),
                   "at": f"{localtime(_moment(at)):%T}"},
                _("Its readings bear the time of reception and count as uncertain. Set its clock."),
            )  # fmt: skip


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
