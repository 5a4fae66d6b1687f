"""A port where devices tell by themselves; an inform is confirmed once it is durable."""

import asyncio
import socket
from collections import deque
from contextlib import suppress
from typing import Any, NamedTuple

from pysnmp.carrier.asyncio.dgram import udp
from pysnmp.entity import config
from pysnmp.error import PySnmpError
from pysnmp.hlapi.v3arch.asyncio import SnmpEngine
from pysnmp.proto.api import v2c
from pysnmp.proto.rfc1902 import OctetString

from anlan.connectors import Fault
from anlan.connectors.mapping import Heard, Taken
from anlan.connectors.rounds import Keep, now_ms
from anlan.connectors.snmp.codec import told_of
from anlan.connectors.snmp.map import Port, Source
from anlan.terms.errors import Unavailable

FOREIGN, WRONG, LOST = "foreign_address", "signature_wrong", "datagram_lost"
_KINDS = (v2c.SNMPv2TrapPDU.tagSet, v2c.InformRequestPDU.tagSet)
_V2C, _V3 = 2, 3
_MOST_OPEN, _MOST_WAITING, _MOST_STRANGERS, _LOOK_S = 1_000, 10_000, 1_000, 1.0
_WHY = "notifications that cannot be read, of an unknown community or user, or with a wrong key"
_WHY_LOST = "traps lost: more than can be kept until they can be stored"
_COUNTERS = (
    ("__SNMPv2-MIB", "snmpInASNParseErrs"),
    ("__SNMPv2-MIB", "snmpInBadVersions"),
    ("__SNMPv2-MIB", "snmpInBadCommunityNames"),
    ("__SNMP-USER-BASED-SM-MIB", "usmStatsUnsupportedSecLevels"),
    ("__SNMP-USER-BASED-SM-MIB", "usmStatsNotInTimeWindows"),
    ("__SNMP-USER-BASED-SM-MIB", "usmStatsUnknownUserNames"),
    ("__SNMP-USER-BASED-SM-MIB", "usmStatsWrongDigests"),
    ("__SNMP-USER-BASED-SM-MIB", "usmStatsDecryptionErrors"),
)
"""Where the engine counts what it turns away."""


class Message(NamedTuple):
    """A notification as the engine hands it over, in its order."""

    engine: Any
    processing: Any
    model: Any
    name: Any
    level: Any
    context_engine: Any
    context: Any
    version: Any
    pdu: Any
    most: Any
    state: Any


class Door(udp.UdpAsyncioTransport):  # type: ignore[misc]  # pysnmp has no types
    """Lets the datagrams of known addresses in. strangers: the others, the first of them ·
    turned_away: of known addresses, what cannot be read, or is not as its table says."""

    def __init__(self, known: frozenset[str]) -> None:
        super().__init__()
        self._known = known
        self.strangers: set[str] = set()
        self.turned_away = 0

    def datagram_received(self, datagram: bytes, transportAddress: Any) -> None:  # noqa: N803 - its name
        address = str(transportAddress[0])
        if address not in self._known:
            if len(self.strangers) < _MOST_STRANGERS:
                self.strangers.add(address)
            return
        try:
            self._callback_function(self, transportAddress, datagram)
        except Exception:  # noqa: BLE001 - a device may send anything
            self.turned_away += 1


class Receiver:
    """One port. trouble: empty, as no device is asked · keep returns once all is durable · lost:
    traps for which there was no room."""

    def __init__(self, port: Port, keep: Keep) -> None:
        self.port, self._keep = port, keep
        self.trouble: dict[str, str] = {}
        self.bound = self.lost = 0
        self._communities = sorted({one.who.community for one in port.sources if not one.who.user})
        self._sources = {(one.address, self._name(one)): one for one in port.sources}
        self._open: set[asyncio.Task[None]] = set()
        self._waiting: deque[tuple[Taken, int]] = deque()

    def _name(self, source: Source) -> str:
        """Under which the engine knows who speaks."""
        who = source.who
        return who.user if who.user else f"community-{self._communities.index(who.community)}"

    async def run(self) -> None:
        """Hears until it is cancelled; Unavailable where the port cannot be had."""
        listening = _listening(self.port)
        engine = SnmpEngine()
        try:
            self.bound = listening.getsockname()[1]
            self._door = Door(frozenset(one.address for one in self.port.sources))
            self._door.open_server_mode(sock=listening)
            config.add_transport(engine, udp.DOMAIN_NAME, self._door)
            self._introduce(engine)
            engine.message_dispatcher.register_context_engine_id(b"", _KINDS, self._hear)
            await self._count(engine)
        finally:
            engine.close_dispatcher()
            listening.close()
            for task in self._open:
                task.cancel()

    def _introduce(self, engine: Any) -> None:
        """Tells the engine whom it may believe."""
        for n, community in enumerate(self._communities):
            config.add_v1_system(engine, f"community-{n}", community)
        for one in {(one.who, one.engine) for one in self.port.sources if one.who.user}:
            who, device = one
            config.add_v3_user(engine, who.user, **who.keys())
            if device:
                config.add_v3_user(
                    engine, who.user, **who.keys(), securityEngineId=OctetString(device)
                )

    async def _count(self, engine: Any) -> None:
        """Each second stores what waits, and tells what was turned away, by the door and by the
        engine, and what was lost."""
        builder = engine.get_mib_builder()
        counters = [builder.import_symbols(*one)[0] for one in _COUNTERS]
        before, told = {WRONG: 0, LOST: 0}, set[str]()
        while True:
            await asyncio.sleep(_LOOK_S)
            await self._carry()
            wrong = self._door.turned_away + sum(int(one.syntax) for one in counters)
            now = {WRONG: wrong, LOST: self.lost}
            fresh = self._door.strangers - told
            faults = [Fault(FOREIGN, f"{one}: no [[source]] has it", one.encode()) for one in fresh]
            for code, why in ((WRONG, _WHY), (LOST, _WHY_LOST)):
                if now[code] > before[code]:
                    faults.append(Fault(code, why, b"", now[code] - before[code]))
            if not faults or await self._is_kept(Taken([], faults, []), now_ms()):
                before, told = now, told | fresh  # else told with the next ones

    async def _carry(self) -> None:
        """Stores the traps that wait; those that still cannot be stored go on waiting."""
        late, self._waiting = self._waiting, deque()
        kept = await asyncio.gather(*(self._is_kept(*one) for one in late))
        come, self._waiting = self._waiting, deque()
        for one in (*(one for one, is_kept in zip(late, kept, strict=True) if not is_kept), *come):
            self._wait(*one)

    def _wait(self, taken: Taken, at: int) -> None:
        """Keeps it here; where there is no room, the oldest goes."""
        if len(self._waiting) >= _MOST_WAITING:
            self._waiting.popleft()
            self.lost += 1
        self._waiting.append((taken, at))

    def _hear(self, *arguments: Any) -> None:
        message = Message(*arguments)
        if len(self._open) >= _MOST_OPEN:
            self.lost += not _is_inform(message)  # an inform comes again
            return
        _, address = message.engine.message_dispatcher.get_transport_info(message.state)
        task = asyncio.get_running_loop().create_task(self._answer(message, str(address[0])))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _answer(self, message: Message, address: str) -> None:
        """Takes what comes from whom we hear. An inform is confirmed once it is durable, and comes
        again otherwise; a trap comes once, and waits here."""
        source = self._source(message, address)
        if source is None:
            self._door.turned_away += 1
            return
        at, into = now_ms(), Taken([], [], [])
        pairs = [(str(oid), one) for oid, one in v2c.apiPDU.get_varbinds(message.pdu)]
        spoken = told_of(source, pairs, at=at, into=into)
        into.heard.append(Heard(source.device, None, spoken))
        is_kept = await self._is_kept(into, at)
        if not _is_inform(message):
            if not is_kept:
                self._wait(into, at)
        elif is_kept:
            _confirm(message)

    async def _is_kept(self, taken: Taken, at: int) -> bool:
        """Whether it is durable."""
        try:
            await self._keep(taken, at)
        except Unavailable:
            return False
        return True

    def _source(self, message: Message, address: str) -> Source | None:
        """Whose it is; None where it is not told as its table says: from its address, by its
        version, and no less proved and hidden."""
        source = self._sources.get((address, str(message.name)))
        if source is None:
            return None
        if not source.who.user:
            return source if int(message.model) == _V2C else None
        is_sure = int(message.model) == _V3 and int(message.level) >= source.who.level
        return source if is_sure else None


def _is_inform(message: Message) -> bool:
    return bool(message.pdu.tagSet == v2c.InformRequestPDU.tagSet)


def _confirm(message: Message) -> None:
    """Answers an inform."""
    answer = v2c.apiPDU.get_response(message.pdu)
    v2c.apiPDU.set_error_status(answer, 0)
    v2c.apiPDU.set_error_index(answer, 0)
    v2c.apiPDU.set_varbinds(answer, v2c.apiPDU.get_varbinds(message.pdu))
    with suppress(PySnmpError):  # who asked has gone
        message.engine.message_dispatcher.return_response_pdu(
            *message[:8], answer, message.most, message.state, {}
        )


def _listening(port: Port) -> socket.socket:
    found = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        found.bind((port.bind, port.port))
    except OSError as error:
        found.close()
        raise Unavailable(f"cannot listen on {port.bind}:{port.port} ({error.strerror})") from error
    found.setblocking(False)
    return found
