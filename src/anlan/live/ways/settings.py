"""Which ways there are: a TOML file each, in the folder `ways` of the data folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from anlan.connectors.mapping.section import load
from anlan.live.gateway.store import Intake
from anlan.live.ways.mapped import Files, Mapped
from anlan.live.ways.way import Way
from anlan.terms.errors import Malformed

Make = Callable[[dict[str, Any], Path, Intake], Way]


def folder_of(data: Path) -> Path:
    """Where the files lie."""
    return data / "ways"


def has_ways(data: Path) -> bool:
    """Whether a site has any."""
    return any(folder_of(data).glob("*.toml"))


def ways_in(data: Path, store: Callable[[], Intake]) -> Files:
    """The files of a site, by name; what is wrong in one is noted with it."""
    return Files(folder_of(data), lambda path: _way(path, store()))


def looked(data: Path) -> list[Mapped]:
    """The same, to be looked at alone."""
    return ways_in(data, lambda: Intake(data)).mapped


def _way(path: Path, store: Intake) -> Way:
    tables = load(path)
    for head, make in _MAKERS.items():
        if head in tables:
            return make(tables, path, store)
    raise Malformed(f"needs one of {', '.join(f'[{one}]' for one in _MAKERS)}", where=str(path))


def _modbus(tables: dict[str, Any], path: Path, store: Intake) -> Way:
    from anlan.live.ways.polled.modbus import modbus_of

    return modbus_of(tables, path, store)


def _opcua(tables: dict[str, Any], path: Path, store: Intake) -> Way:
    try:
        from anlan.live.ways.polled.opcua import opcua_of
    except ImportError as error:
        needs = f"OPC UA needs a library ({error}): pip install 'anlan[opcua]'"
        raise Malformed(needs, where=str(path)) from error
    return opcua_of(tables, path, store)


def _dlt645(tables: dict[str, Any], path: Path, store: Intake) -> Way:
    from anlan.live.ways.polled.dlt645 import dlt645_of

    return dlt645_of(tables, path, store)


def _snmp(tables: dict[str, Any], path: Path, store: Intake) -> Way:
    from anlan.live.ways.polled.snmp import snmp_of

    return snmp_of(tables, path, store)


def _traps(tables: dict[str, Any], path: Path, store: Intake) -> Way:
    from anlan.live.ways.polled.snmp import traps_of

    return traps_of(tables, path, store)


def _bacnet(tables: dict[str, Any], path: Path, store: Intake) -> Way:
    from anlan.live.ways.polled.bacnet import bacnet_of

    return bacnet_of(tables, path, store)


def _seedlink(tables: dict[str, Any], path: Path, store: Intake) -> Way:
    from anlan.live.ways.seedlink import seedlink_of

    return seedlink_of(tables, path, store)


def _coap(tables: dict[str, Any], path: Path, store: Intake) -> Way:
    from anlan.live.ways.called.coap import coap_of

    return coap_of(tables, path, store)


def _webhook(tables: dict[str, Any], path: Path, store: Intake) -> Way:
    from anlan.live.ways.webhook import webhook_of

    return webhook_of(tables, path, store)


def _folder(tables: dict[str, Any], path: Path, store: Intake) -> Way:
    from anlan.live.ways.folder import folder_of

    return folder_of(tables, path, store)


_MAKERS: dict[str, Make] = {
    "modbus": _modbus,
    "opcua": _opcua,
    "snmp": _snmp,
    "traps": _traps,
    "bacnet": _bacnet,
    "dlt645": _dlt645,
    "coap": _coap,
    "seedlink": _seedlink,
    "webhook": _webhook,
    "folder": _folder,
}
"""By the table that says what a file is for; a library is imported only where it is named."""
