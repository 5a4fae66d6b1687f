"""Which protocols there are, and where each is at home; one is imported only when it is named."""

import importlib
import importlib.util

from anlan.connectors.frames import Speech
from anlan.terms.errors import Malformed

_NAMES = ("hj212", "sl651", "gb26875", "jt808", "jt809", "jt1078", "gb32960", "iec104", "gb28181",
          "ais", "metar", "cot", "mavlink")  # fmt: skip
MODULES = {name: f"anlan.connectors.{name}" for name in _NAMES}
"""Name → module; each hands out its `Speech` as PROTOCOL."""

UNLISTED = frozenset({"mavlink"})
"""Those that `anlan decode` reads and its contract's list does not name."""

TITLES = {
    "mqtt": "MQTT", "modbus": "Modbus", "opcua": "OPC UA", "snmp": "SNMP",
    "bacnet": "BACnet/IP", "dlt645": "DL/T 645", "coap": "CoAP", "ctwing": "CTWing 天翼物联",
    "onenet": "OneNET 中移物联", "webhook": "HTTP", "files": "CSV / Excel",
}  # fmt: skip
"""Ways that a mapping describes, which are no protocols with frames of their own."""


def names() -> list[str]:
    """The names of the protocols that are here, in the order of the table."""
    return [name for name in MODULES if _found(name) is not None]


def speech_of(name: str) -> Speech:
    """The protocol of a name; Malformed names those that there are."""
    found = _found(name) if name in MODULES else None
    if found is None:
        raise Malformed(f"there is no protocol {name!r} (there are {', '.join(names())})")
    return found


def title_of(name: str) -> str:
    """What people call a protocol, or another way that devices come by; the name itself where it is
    neither."""
    return TITLES.get(name) or (speech_of(name).title if name in MODULES else name)


def _found(name: str) -> Speech | None:
    if importlib.util.find_spec(MODULES[name]) is None:
        return None
    found = getattr(importlib.import_module(MODULES[name]), "PROTOCOL", None)
    return found if isinstance(found, Speech) else None
