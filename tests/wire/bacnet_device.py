"""A real BACnet/IP device on this machine."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bacpypes3.apdu import RejectPDU, RejectReason
from bacpypes3.ipv4.app import NormalApplication
from bacpypes3.local.analog import AnalogInputObject
from bacpypes3.local.binary import BinaryInputObject
from bacpypes3.local.device import DeviceObject
from bacpypes3.local.multistate import MultiStateValueObject
from bacpypes3.pdu import IPv4Address


class _Small(NormalApplication):  # type: ignore[misc]  # bacpypes3 has no types
    """A device that knows no question for many."""

    async def do_ReadPropertyMultipleRequest(self, apdu: Any) -> None:  # noqa: N802 - its name
        await self.response(RejectPDU(reason=RejectReason.unrecognizedService, context=apdu))


class Tower:
    """Its pressure, a fan and a mode."""

    def __init__(self, *, is_small: bool = False) -> None:
        device = DeviceObject(
            objectIdentifier=("device", 1), objectName="tower", vendorIdentifier=999
        )
        kind = _Small if is_small else NormalApplication
        self._application = kind(device, IPv4Address("127.0.0.1:0"))
        normal = {"statusFlags": [0, 0, 0, 0], "eventState": "normal", "outOfService": False,
                  "reliability": "no-fault-detected"}  # fmt: skip
        self.pressure = AnalogInputObject(
            objectIdentifier=("analog-input", 1), objectName="p", presentValue=50.0,
            covIncrement=0.5, units="pascals", **normal,
        )  # fmt: skip
        fan = BinaryInputObject(
            objectIdentifier=("binary-input", 2), objectName="f", presentValue="active", **normal
        )
        mode = MultiStateValueObject(
            objectIdentifier=("multi-state-value", 3), objectName="m", presentValue=2,
            numberOfStates=3, **normal,
        )  # fmt: skip
        for one in (self.pressure, fan, mode):
            self._application.add_object(one)

    async def port(self) -> int:
        server = self._application.normal.server
        async with asyncio.timeout(60):
            while server.local_transport is None:
                await asyncio.sleep(0.01)
        found: int = server.local_transport.get_extra_info("sockname")[1]
        return found

    def end(self) -> None:
        self._application.close()


@asynccontextmanager
async def tower(*, is_small: bool = False) -> AsyncIterator[tuple[Tower, int]]:
    """A device and its port."""
    found = Tower(is_small=is_small)
    try:
        yield found, await found.port()
    finally:
        found.end()
