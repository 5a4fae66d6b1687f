"""What a client is told: things, alarms and team members as events, and that they are over."""

from collections.abc import Iterator
from typing import Final

from anlan.connectors.cot.event import UNKNOWN, Event
from anlan.connectors.cot.part import Part
from anlan.connectors.news import Item, News

_AGAIN_MS, _STALE_MS = 240_000, 600_000
_KINDS: Final = {"object": "a-n-G-I", "alarm": "b-m-p-s-m", "member": "a-f-G-U-C"}
_COLOURS: Final = {1: 0x2563C9, 2: 0xF2C230, 3: 0xF08A2E, 4: 0xD1242F}
"""Of the levels: red, green, blue."""
_OPAQUE, _WHITE = 1 << 24, 0xFFFFFF
_OVER = "t-x-d-d"
_MARKS = {"Exercise": "【演练】", "Test": "【测试】"}


class Board:
    """What a client was told, and when."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[Item, int]] = {}

    def told(self, news: News, now_ms: int) -> Iterator[Event]:
        """The events that are due now."""
        now = {one.key: one for one in news.items if one.kind in _KINDS}
        for key in [key for key in self._told if key not in now]:
            yield _over(self._told.pop(key)[0], now_ms)
        for key, item in now.items():
            before, at = self._told.get(key, (None, 0))
            if item != before or now_ms - at >= _AGAIN_MS:
                self._told[key] = (item, now_ms)
                yield event_of(item, now_ms)


def event_of(item: Item, now_ms: int) -> Event:
    """A thing as an event, which is stale unless it is told again."""
    mark = _MARKS.get(item.status, "")
    detail = [Part("contact", {"callsign": mark + item.name})]
    if item.kind == "alarm":
        # A number with a sign, whose highest byte says that nothing shines through.
        colour = _COLOURS.get(item.level, _WHITE) - _OPAQUE
        detail.append(Part("color", {"argb": str(colour)}))
    if item.text:
        detail.append(Part("remarks", {}, mark + item.text))
    return Event(
        uid=uid_of(item), kind=_KINDS[item.kind], how="m-g", at=now_ms, start=item.at,
        stale=now_ms + _STALE_MS, lat=item.lat, lon=item.lon, hae=UNKNOWN,
        more={"opex": "e"} if item.status != "Actual" else {}, detail=tuple(detail),
    )  # fmt: skip


def uid_of(item: Item) -> str:
    """Its name among the events: a member's is its own."""
    return item.key if item.kind == "member" else f"anlan.{item.kind}.{item.key}"


def _over(item: Item, now_ms: int) -> Event:
    link = Part("link", {"uid": uid_of(item), "relation": "none", "type": "none"})
    return Event(
        uid=f"{uid_of(item)}.over", kind=_OVER, how="m-g", at=now_ms, start=now_ms,
        stale=now_ms + 60_000, lat=item.lat, lon=item.lon,
        detail=(link, Part("__forcedelete")),
    )  # fmt: skip
