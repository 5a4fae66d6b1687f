"""An event as JSON has it: its head, and what its detail says."""

from typing import Any

from anlan.connectors.cot.event import Event, told
from anlan.connectors.cot.part import Part
from anlan.connectors.cot.readings import EMERGENCIES, device_of, is_cancelled

_KNOWN = ("contact", "__group", "status", "track", "takv", "precisionlocation")


def head_of(event: Event, framing: str) -> dict[str, Any]:
    """How it came, what it is, and what its head says."""
    head = {"framing": framing, "type": event.kind, "how": event.how, **event.more}
    return head | ({"emergency": EMERGENCIES[event.kind]} if event.kind in EMERGENCIES else {})


def fields_of(event: Event) -> dict[str, Any]:
    """Where and when it is, and its detail; what is not known stands in `detail`."""
    found: dict[str, Any] = {
        "uid": event.uid, "time": told(event.at), "start": told(event.start),
        "stale": told(event.stale), "sendTime": event.at, "startTime": event.start,
        "staleTime": event.stale, "lat": event.lat, "lon": event.lon, "hae": event.hae,
        "ce": event.ce, "le": event.le,
    }  # fmt: skip
    for tag in _KNOWN:
        found |= dict(event.part(tag).attrs)
    remarks = event.part("remarks")
    if remarks.text:
        found["remarks"] = remarks.text
    if event.kind in EMERGENCIES:
        found |= {"caller": device_of(event), "is_cancelled": is_cancelled(event)}
    found["detail"] = [_plain(one) for one in event.detail if one.tag not in _KNOWN]
    return found


def _plain(part: Part) -> dict[str, Any]:
    told: dict[str, Any] = {
        "tag": part.tag,
        **({"attributes": dict(part.attrs)} if part.attrs else {}),
    }
    if part.text:
        told["text"] = part.text
    if part.parts:
        told["parts"] = [_plain(one) for one in part.parts]
    return told
