"""A real SNMP agent that is asked, and a notifier that tells."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pysnmp.carrier.asyncio.dgram import udp
from pysnmp.entity import config
from pysnmp.entity.rfc3413 import cmdrsp, context
from pysnmp.hlapi.v3arch.asyncio import (
    ContextData,
    NotificationType,
    ObjectIdentity,
    SnmpEngine,
    UdpTransportTarget,
    send_notification,
)
from pysnmp.proto.rfc1902 import ObjectName, OctetString
from pysnmp.proto.rfc1905 import NoSuchInstance
from pysnmp.smi import instrum
from pysnmp.smi.error import TooBigError

from anlan.connectors.snmp.who import Who

KEYS = {"auth": "sha256", "auth_key": "correct horse", "privacy": "aes128",
        "privacy_key": "battery staple"}  # fmt: skip
PUBLIC, SECRET = Who(community="public"), Who(community="s3cret-community")
USER = Who(user="anlan", **KEYS)
ENGINE = bytes.fromhex("80004fb805746f6c6473")
_AGENT = bytes.fromhex("80004fb80561736b6564")


class _Values(instrum.AbstractMibInstrumController):  # type: ignore[misc]  # pysnmp has no types
    """most: how many it answers at once. An error in place of a value is what the answer says."""

    def __init__(self, values: dict[str, Any], most: int) -> None:
        self._values, self._most = values, most

    def read_variables(self, *pairs: Any, **_: Any) -> list[Any]:
        if len(pairs) > self._most:
            raise TooBigError
        for n, (oid, _none) in enumerate(pairs):
            if isinstance(found := self._values.get(str(oid)), type):
                raise found(idx=n)
        return [(oid, self._values.get(str(oid), NoSuchInstance(""))) for oid, _ in pairs]


def _engine(name: bytes) -> Any:
    """An engine with a name: those that it gets by itself may be alike in one process."""
    engine = SnmpEngine()
    (symbol,) = engine.get_mib_builder().import_symbols("__SNMP-FRAMEWORK-MIB", "snmpEngineID")
    symbol.syntax = engine.snmpEngineID = symbol.syntax.clone(name)
    return engine


@contextmanager
def agent(values: dict[str, Any], who: Who, most: int = 100) -> Iterator[int]:
    """Answers on a port of its own, those who know the community or are the user."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listening.bind(("127.0.0.1", 0))
    listening.setblocking(False)
    engine = _engine(_AGENT)
    config.add_transport(
        engine, udp.DOMAIN_NAME, udp.UdpAsyncioTransport().open_server_mode(sock=listening)
    )
    if who.user:
        config.add_v3_user(engine, who.user, **who.keys())
        config.add_vacm_user(engine, 3, who.user, "authPriv", (1, 3, 6))
    else:
        config.add_v1_system(engine, "area", who.community)
        config.add_vacm_user(engine, 2, "area", "noAuthNoPriv", (1, 3, 6))
    found = context.SnmpContext(engine)
    found.unregister_context_name(OctetString(""))
    found.register_context_name(OctetString(""), _Values(values, most))
    cmdrsp.GetCommandResponder(engine, found)
    try:
        yield listening.getsockname()[1]
    finally:
        engine.close_dispatcher()


async def tells(
    port: int, who: Who, kind: str, trap: str, *, timeout_s: float = 20, **values: Any
) -> str:
    """Sends a trap or an inform from an engine with a name; what came of it. values: by
    identifier, with _ for the dots."""
    engine = _engine(ENGINE)
    pairs = [(ObjectName(oid.strip("_").replace("_", ".")), one) for oid, one in values.items()]
    try:
        failed, *_ = await send_notification(
            engine, who.data(),
            await UdpTransportTarget.create(("127.0.0.1", port), timeout=timeout_s, retries=0),
            ContextData(), kind,
            NotificationType(ObjectIdentity(trap)).add_varbinds(*pairs),
        )  # fmt: skip
    finally:
        engine.close_dispatcher()
    return str(failed or "")
