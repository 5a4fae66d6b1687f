"""A server that is subscribed to, and connected again whenever the line is lost."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from asyncua import ua
from asyncua.client.client import Client
from asyncua.common.node import Node
from asyncua.common.subscription import DataChangeEvent, Subscription
from asyncua.ua.uaerrors import UaStatusCodeError

from anlan.connectors import Fault
from anlan.connectors.mapping import Heard, Taken
from anlan.connectors.mapping.points import Group, Point
from anlan.connectors.opcua.codec import Spoken, code_name, spoken_of, taken_of
from anlan.connectors.opcua.map import Map, node_of
from anlan.connectors.opcua.security import secure
from anlan.connectors.rounds import FAILED, Keep, now_ms
from anlan.terms.errors import Malformed, Unavailable

_LEAST_WAIT_S, _LONGEST_WAIT_S = 1.0, 300.0
_QUEUE, _ITEMS, _BUFFER = 50, 500, 20_000
_SESSION_MS = 120_000
_ENDED = "the subscription has ended"


class _Item(NamedTuple):
    group: Group
    point: Point
    node: Node


class Session:
    """One server. trouble: by device, why it cannot be read at present."""

    def __init__(self, mapping: Map, keep: Keep) -> None:
        self.mapping, self._keep = mapping, keep
        self.trouble: dict[str, str] = {}
        self._last: dict[tuple[str, str], Spoken] = {}
        self._failures = 0

    async def run(self) -> None:
        """Listens until it is cancelled; the line is tried again after 1 s, 2 s … 5 min."""
        while True:
            try:
                await self._listen()
            except Exception as error:  # noqa: BLE001 - a far end may send anything
                _end_if_cancelled()
                await self._lost(_reason(error, self.mapping.link.url))
            wait_s = _LEAST_WAIT_S * 2 ** min(self._failures - 1, 16)
            await asyncio.sleep(min(wait_s, _LONGEST_WAIT_S))

    async def _lost(self, why: str) -> None:
        """All devices are offline; a fault where the reason is a new one."""
        self._failures += 1
        devices = {one.device for one in self.mapping.groups}
        url = self.mapping.link.url
        is_new = set(self.trouble.values()) != {why}
        faults = [Fault(FAILED, f"{url}: {why}", url.encode())] if is_new else []
        self.trouble = dict.fromkeys(devices, why)
        await self._keep(Taken([], faults, [Heard(one, False) for one in devices]), now_ms())

    async def _listen(self) -> None:
        link = self.mapping.link
        client = Client(link.url, timeout=link.timeout_s, watchdog_intervall=link.timeout_s)
        client.session_timeout = _SESSION_MS
        await secure(client, link)
        try:
            async with asyncio.timeout(4 * link.timeout_s):
                await client.connect()
                subscription, items = await self._subscribed(client)
            self._failures = 0
            await self._hear(client, subscription, items)
        finally:
            await _leave(client, link.timeout_s)

    async def _subscribed(self, client: Client) -> tuple[Subscription, list[_Item]]:
        """A subscription to all nodes, and those that the server watches."""
        period_s = min(one.period_s for one in self.mapping.groups)
        subscription = await client.create_subscription(period_s * 1000, queue_maxsize=_BUFFER)
        found = Taken([], [], [])
        items: list[_Item] = []
        trouble: dict[str, str] = {}
        for group in self.mapping.groups:
            wanted = [_Item(group, one, client.get_node(node_of(one.at))) for one in group.points]
            watched, refused = await _watch(subscription, wanted)
            items += watched
            for point, why in refused:
                reason = f"{point.name}: {why}"
                found.faults.append(Fault(FAILED, f"{group.device}: {reason}", point.at.encode()))
                trouble[group.device] = reason
            found.heard.append(Heard(group.device, bool(watched)))
        self.trouble = trouble
        await self._keep(found, now_ms())
        return subscription, items

    async def _hear(self, client: Client, events: Subscription, items: list[_Item]) -> None:
        """Hears what changes, and reads all of it again so often: what stays the same is told too,
        else nobody knows whether it does, or the server has gone deaf."""
        repeat_s = self.mapping.link.repeat_s
        due_s = time.monotonic() + repeat_s
        by_node: dict[ua.NodeId, list[_Item]] = {}
        for one in items:
            by_node.setdefault(one.node.nodeid, []).append(one)
        while True:
            try:
                event = await events.next_event(max(0.0, due_s - time.monotonic()))
            except StopAsyncIteration as error:
                raise Unavailable(_ENDED) from error
            _end_if_cancelled()
            if event is None:
                await self._again(client, items)
                due_s = time.monotonic() + repeat_s
            elif isinstance(event, DataChangeEvent):
                value = event.data.monitored_item.Value
                found = [(one, value) for one in by_node.get(event.node.nodeid, ())]
                await self._take(found)
            else:
                raise Unavailable(_ENDED)

    async def _again(self, client: Client, items: list[_Item]) -> None:
        for n in range(0, len(items), _ITEMS):
            part = items[n : n + _ITEMS]
            values = await client.read_attributes([one.node for one in part])
            if len(values) != len(part):
                raise Malformed(f"{len(values)} of {len(part)} values came")
            await self._take(list(zip(part, values, strict=True)))

    async def _take(self, found: Sequence[tuple[_Item, ua.DataValue]]) -> None:
        at, into = now_ms(), Taken([], [], [])
        for one, value in found:
            before = self._last.get(_name(one))
            spoken = taken_of(one.group, one.point, value, at=at, before=before, into=into)
            self._last[_name(one)] = spoken_of(value, at)
            into.heard.append(Heard(one.group.device, True, spoken))
        await self._keep(into, at)


def _end_if_cancelled() -> None:
    """The library takes a cancellation for the end of a line where both come at once."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _name(item: _Item) -> tuple[str, str]:
    return item.group.device, item.point.name


async def _watch(
    subscription: Subscription, wanted: list[_Item]
) -> tuple[list[_Item], list[tuple[Point, str]]]:
    """Those that the server watches, and those that it does not, with the reason."""
    watched: list[_Item] = []
    refused: list[tuple[Point, str]] = []
    for n in range(0, len(wanted), _ITEMS):
        part = wanted[n : n + _ITEMS]
        results = await subscription.subscribe_data_change(
            [one.node for one in part], queuesize=_QUEUE,
            sampling_interval=ua.Double(part[0].group.period_s * 1000),
        )  # fmt: skip
        for one, result in zip(part, results, strict=True):
            if isinstance(result, ua.StatusCode):
                refused.append((one.point, code_name(result.value)))
            else:
                watched.append(one)
    return watched, refused


async def _leave(client: Client, timeout_s: float) -> None:
    """Says good-bye where that is possible, and closes the line in any case."""
    with suppress(Exception):
        async with asyncio.timeout(timeout_s):
            await client.disconnect()
    client.disconnect_socket()


def _reason(error: Exception, url: str) -> str:
    """Why the line is lost, for people."""
    if isinstance(error, UaStatusCodeError):
        return code_name(error.code)
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError):
        return f"nothing answers at {url}"
    return str(error)[:200] or type(error).__name__
