"""A device that is asked for its values, and that tells them when they change."""

import asyncio
import socket
from collections.abc import Mapping
from typing import Any, NamedTuple

from bacpypes3.apdu import AbortPDU, ErrorRejectAbortNack, RejectPDU
from bacpypes3.basetypes import ErrorType
from bacpypes3.ipv4.app import NormalApplication
from bacpypes3.local.device import DeviceObject
from bacpypes3.pdu import Address, IPv4Address
from bacpypes3.service.cov import SubscriptionContextManager

from anlan.connectors import Fault
from anlan.connectors.bacnet.codec import NORMAL, Flags, Told, flags_of, taken_of
from anlan.connectors.bacnet.map import STANDARD, Link, Map, object_of
from anlan.connectors.mapping import Heard, Taken
from anlan.connectors.mapping.points import Group, Point
from anlan.connectors.rounds import FAILED, Keep, Rounds, now_ms
from anlan.terms.errors import Malformed, Unavailable

_TOGETHER = 20
"""Objects in one question: what most devices answer in one datagram."""
_VALUE, _FLAGS = "present-value", "status-flags"
_REFUSED = ErrorType | ErrorRejectAbortNack | Malformed
"""What comes in place of a value."""


class _Item(NamedTuple):
    group: Group
    point: Point
    object: Any
    number: int


class _Changes(SubscriptionContextManager):  # type: ignore[misc]  # bacpypes3 has no types
    """A subscription that is known before it is asked for: the first change may come before the
    answer, and a device whose change is refused forgets us."""

    async def __aenter__(self) -> "_Changes":
        key = self.address, self.subscriber_process_identifier
        self.app._cov_contexts[key] = self
        try:
            await self.refresh_subscription()
        except BaseException:
            del self.app._cov_contexts[key]
            raise
        return self


class Session:
    """One device. trouble: by device, why it cannot be read at present."""

    def __init__(self, mapping: Map, keep: Keep) -> None:
        self.mapping, self._keep = mapping, keep
        self._rounds = Rounds(mapping.groups, self._read, keep)
        self._flags: dict[tuple[str, str], Flags] = {}
        self._is_single = False
        self._application: Any = None
        link = mapping.link
        self._far = Address(f"{link.host}:{link.port}")
        points = [(group, point) for group in mapping.groups for point in group.points]
        self._items = [_Item(*one, object_of(one[1].at), n) for n, one in enumerate(points, 1)]

    @property
    def trouble(self) -> dict[str, str]:
        return self._rounds.trouble

    async def run(self) -> None:
        """Asks, and hears, until it is cancelled; Unavailable where our own port cannot be had."""
        self._application = _application(self.mapping.link)
        hearing = [
            asyncio.create_task(self._hear(one))
            for one in (self._items if self.mapping.link.cov_s else ())
        ]
        try:
            await self._rounds.run()
        finally:
            for task in hearing:
                task.cancel()
            await asyncio.gather(*hearing, return_exceptions=True)
            self._application.close()

    async def _read(self, group: Group) -> Taken:
        into, spoken = Taken([], [], []), dict[str, str]()
        items = [one for one in self._items if one.group is group]
        for n in range(0, len(items), _TOGETHER):
            part = items[n : n + _TOGETHER]
            found = await self._asked(part)
            for one in part:
                spoken |= self._put(one, found.get(one.number, {}), into)
        into.heard.append(Heard(group.device, True, spoken))
        return into

    async def _asked(self, items: list[_Item]) -> Mapping[int, Mapping[str, Any]]:
        """Values and flags by the number of the item; Unavailable where the device is silent."""
        try:
            if not self._is_single:
                try:
                    return await self._together(items)
                except (RejectPDU, AbortPDU) as error:
                    if _is_silence(error):
                        raise
                    self._is_single = True  # it does not know the question for many
                except Exception:  # noqa: BLE001, S110 - one that cannot be read costs only itself
                    pass
            return {one.number: await self._alone(one) for one in items}
        except ErrorRejectAbortNack as error:
            raise Unavailable(_words(error, self.mapping.link)) from error

    async def _together(self, items: list[_Item]) -> dict[int, dict[str, Any]]:
        wanted: list[Any] = []
        for one in items:
            wanted += [one.object, [_VALUE, _FLAGS]]
        rows = await self._application.read_property_multiple(
            self._far, wanted, vendor_info=STANDARD
        )
        if not isinstance(rows, list):
            raise Malformed("the answer is to another question")
        found: dict[int, dict[str, Any]] = {}
        for one in items:
            found[one.number] = {str(row[1]): row[3] for row in rows if row[0] == one.object}
        return found

    async def _alone(self, item: _Item) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in (_VALUE, _FLAGS):
            try:
                found[name] = await self._application.read_property(self._far, item.object, name)
            except ErrorRejectAbortNack as error:
                if _is_silence(error):
                    raise
                found[name] = error
            except Exception as error:  # noqa: BLE001 - a device may answer anything
                found[name] = Malformed(f"the answer cannot be read ({type(error).__name__})")
        return found

    def _put(self, item: _Item, found: Mapping[str, Any], into: Taken) -> Mapping[str, str]:
        """Puts what was found of an item; what the device says that it does not have is a fault."""
        group, point = item.group, item.point
        value = found.get(_VALUE)
        if value is None or isinstance(value, _REFUSED):
            why = _error(value) if value is not None else "no answer to it"
            reason = f"{group.device}: {point.name}: {why}"
            into.faults.append(Fault(FAILED, reason, point.at.encode()))
            return {}
        key = group.device, point.name
        told = Told(value, flags_of(found.get(_FLAGS)), self._flags.get(key, NORMAL))
        self._flags[key] = told.flags
        return taken_of(group, point, told, at=now_ms(), into=into)

    async def _hear(self, item: _Item) -> None:
        """Hears changes of an object; the device is asked to tell them again in good time."""
        lasts_s = self.mapping.link.cov_s
        told = ""
        while True:
            try:
                async with asyncio.timeout(lasts_s / 2):
                    await self._changes(item, lasts_s)
            except TimeoutError:
                continue  # in good time: it is renewed under the same number
            except ErrorRejectAbortNack as error:
                why = _words(error, self.mapping.link)
            except Exception as error:  # noqa: BLE001 - a device may tell anything
                why = f"the change cannot be read ({type(error).__name__})"
            if why != told:
                reason = f"{item.group.device}: {item.point.name}: does not tell changes: {why}"
                fault = Fault(FAILED, reason, item.point.at.encode())
                await self._keep(Taken([], [fault], []), now_ms())
            told = why
            await asyncio.sleep(lasts_s / 2)

    async def _changes(self, item: _Item, lasts_s: int) -> None:
        found: dict[str, Any] = {}
        async with _Changes(
            self._application, self._far, item.object, item.number, True, lasts_s
        ) as changes:
            while True:
                name, value = await changes.get_value()
                found[str(name)] = value
                if str(name) != _FLAGS:  # a change tells the value first, then the flags
                    continue
                into = Taken([], [], [])
                spoken = self._put(item, found, into)
                into.heard.append(Heard(item.group.device, True, spoken))
                await self._keep(into, now_ms())


def _application(link: Link) -> Any:
    """Unavailable where its port cannot be had: bacpypes3 itself would try for ever, and in
    silence."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((link.bind, link.local_port))
        except OSError as error:
            where = f"{link.bind}:{link.local_port}"
            raise Unavailable(f"cannot listen on {where} ({error.strerror})") from error
    device = DeviceObject(
        objectIdentifier=("device", link.instance), objectName="anlan", vendorIdentifier=0,
        maxApduLengthAccepted=1476, segmentationSupported="segmented-both",
        maxSegmentsAccepted=64, apduTimeout=round(link.timeout_s * 1000),
        numberOfApduRetries=link.retries,
    )  # fmt: skip
    return NormalApplication(device, IPv4Address(f"{link.bind}:{link.local_port}"))


def _is_silence(error: ErrorRejectAbortNack) -> bool:
    return isinstance(error, AbortPDU) and str(error) == "no-response"


def _words(error: ErrorRejectAbortNack, link: Link) -> str:
    if _is_silence(error):
        return f"no answer in {link.timeout_s:g} s at {link.host}:{link.port}"
    return str(error) or type(error).__name__


def _error(found: Any) -> str:
    """What the device says of an object or property, such as `unknown-object`."""
    if isinstance(found, ErrorType):
        return f"{found.errorClass}: {found.errorCode}"
    return str(found)
