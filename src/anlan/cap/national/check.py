"""What is unusual in a national message: told before it is sent, and when one is received.

A doubt is a field and why: `identifier: …`. Values that the interface reserves are told too.
"""

import re
from collections.abc import Iterator

from anlan.cap.national.colours import level_of_severity
from anlan.cap.national.events import event_of
from anlan.cap.national.identifier import doubt_of, is_unit
from anlan.cap.national.notice import GEOCODE, Notice, event_code_of, headline_of
from anlan.cap.national.regions import read_region
from anlan.terms.errors import Malformed
from anlan.terms.levels import Level

IN_USE = {
    "status": ("Actual", "Test"),
    "msgType": ("Alert", "Update", "Cancel"),
    "scope": ("Public",),
}
_SHA1 = re.compile(r"[0-9A-Fa-f]{40}")


def doubts_of(notice: Notice) -> Iterator[str]:
    """The doubts about a message, in the order of its fields."""
    alert = notice.alert
    if doubt := doubt_of(alert.identifier):
        yield f"identifier: {doubt}"
    if not is_unit(notice.unit):
        yield f"senderCode: not 14 digits that begin with a region: {notice.unit[:40]}"
    elif not alert.identifier.startswith(notice.unit):
        yield f"senderCode: the identifier is not one of {notice.unit}"
    for name, value in zip(IN_USE, (alert.status, alert.msg_type, alert.scope), strict=True):
        if value not in IN_USE[name]:
            yield f"{name}: {value} is reserved or unknown"
    if not notice.ways:
        yield "code: no way to people is named"
    if alert.msg_type in ("Update", "Cancel") and not alert.references:
        yield f"references: {alert.msg_type} of which first message is not said"
    if alert.msg_type == "Cancel" and not alert.note:
        yield "note: why it is cancelled is not said"
    yield from _of_info(notice)


def _of_info(notice: Notice) -> Iterator[str]:
    info = notice.info
    if info is None:
        yield "info: nothing is told"
        return
    code = event_code_of(info) or ""
    event = event_of(code)
    if event is None:
        yield f"eventType: {code[:40] or 'none'} is not in the table"
    if level_of_severity(info.severity) is Level.NONE:
        yield "severity: no colour"
    elif info.headline and event and info.headline != headline_of(notice.alert, info):
        yield f"headline: not of the form {headline_of(notice.alert, info)}"
    for resource in info.resource:
        if resource.digest and not _SHA1.fullmatch(resource.digest):
            yield f"digest: not SHA-1 in 40 digits: {resource.resource_desc}"
    codes = [c.value for area in info.area for c in area.geocode if c.value_name == GEOCODE]
    yield from _of_regions(codes)


def _of_regions(codes: list[str]) -> Iterator[str]:
    if not codes:
        yield "geocode: no region is named"
    for code in codes:
        try:
            read_region(code)
        except Malformed as error:
            yield f"geocode: {error.message}"
