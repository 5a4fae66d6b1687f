"""A device that is asked for its values again and again."""

import asyncio
from functools import cached_property
from typing import Any

from pysnmp.error import PySnmpError
from pysnmp.hlapi.v3arch.asyncio import (
    ContextData,
    ObjectIdentity,
    ObjectType,
    SnmpEngine,
    UdpTransportTarget,
    get_cmd,
)

from anlan.connectors.mapping import Heard, Taken
from anlan.connectors.mapping.points import Group
from anlan.connectors.rounds import Keep, Rounds, now_ms
from anlan.connectors.snmp.codec import Pair, taken_of
from anlan.connectors.snmp.map import Map
from anlan.terms.errors import Malformed, Unavailable

_TOGETHER = 20
"""Values in one question: what small agents answer in one datagram."""
_TOO_BIG = "tooBig"
_OF_ONE = (_TOO_BIG, "genErr", "noSuchName", "noAccess", "resourceUnavailable")
"""Errors that others than the value at fault need not bear."""


class Session:
    """One device. trouble: by device, why it cannot be read at present."""

    def __init__(self, mapping: Map, keep: Keep) -> None:
        self.mapping = mapping
        self._rounds = Rounds(mapping.groups, self._read, keep)

    @property
    def trouble(self) -> dict[str, str]:
        return self._rounds.trouble

    @cached_property
    def _engine(self) -> Any:
        """Made where it is first used: it belongs to the loop that runs then."""
        return SnmpEngine()

    async def run(self) -> None:
        """Asks until it is cancelled."""
        try:
            await self._rounds.run()
        finally:
            self._engine.close_dispatcher()
            self.__dict__.pop("_engine", None)

    async def _read(self, group: Group) -> Taken:
        wanted = [one.at for one in group.points]
        pairs: list[Pair] = []
        for n in range(0, len(wanted), _TOGETHER):
            pairs += await self._asked(wanted[n : n + _TOGETHER])
        into = Taken([], [], [])
        spoken = taken_of(group, pairs, at=now_ms(), into=into)
        into.heard.append(Heard(group.device, True, spoken))
        return into

    async def _asked(self, wanted: list[str]) -> list[Pair]:
        """What the device answers. What one value costs, it costs alone: where they are too many,
        or one of them fails, they are asked for in parts."""
        if not wanted:
            return []
        status, index, found = await self._answer(wanted)
        if not status:
            return found
        if len(wanted) == 1:
            return [(wanted[0], Malformed(status))]
        is_named = status != _TOO_BIG and 0 < index <= len(wanted)
        part = [wanted[index - 1]] if is_named else wanted[: len(wanted) // 2]
        rest = [one for one in wanted if one not in part]
        return [*await self._asked(part), *await self._asked(rest)]

    async def _answer(self, wanted: list[str]) -> tuple[str, int, list[Pair]]:
        """What the device says: which error, empty for none, of which one, counted from 1, and the
        values; Unavailable where it says nothing, or refuses all."""
        link = self.mapping.link
        try:
            target = await UdpTransportTarget.create(
                (link.host, link.port), timeout=link.timeout_s, retries=link.retries
            )
            async with asyncio.timeout(2 * link.timeout_s * (link.retries + 1) + 1):
                failed, status, index, found = await get_cmd(
                    self._engine, link.who.data(), target, ContextData(),
                    *(ObjectType(ObjectIdentity(one)) for one in wanted), lookupMib=False,
                )  # fmt: skip
        except TimeoutError as error:
            raise Unavailable(f"no answer in {link.timeout_s:g} s") from error
        except PySnmpError as error:
            raise Unavailable(f"{link.host}:{link.port} cannot be asked") from error
        if failed:
            raise Unavailable(_words(str(failed), link.timeout_s))
        said = str(status.prettyPrint()) if status else ""
        if said and said not in _OF_ONE:
            raise Unavailable(said)
        if len(found) > len(wanted):
            raise Malformed(f"{len(found)} values came for {len(wanted)}")
        return said, int(index), [(str(oid), one) for oid, one in found]


def _words(failed: str, timeout_s: float) -> str:
    """What pysnmp says of a failure, for people."""
    if "No SNMP response" in failed:
        return f"no answer in {timeout_s:g} s: address, port, community or user"
    return failed
