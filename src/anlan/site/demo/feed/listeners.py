"""The demo's `gateway.toml`: where the city's devices come to, and whose values they bring."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from anlan.live.gateway.devices.kept import FILE
from anlan.sandtable.city import City, Spoken, spoken
from anlan.site.demo.ports import PROTOCOLS
from anlan.site.demo.script import city_of

_WORDS = {
    "sl651": "words = { stay = true }\n",
    "jt808": 'words = { secret = "anlan-demo", authenticate = true }\n',
}


def write(data: Path, ports: Mapping[str, int]) -> None:
    """Writes it anew, with the ports of this start."""
    place, by_protocol = city_of(data), dict[str, list[Spoken]]()
    for one in spoken(place):
        by_protocol.setdefault(one.protocol, []).append(one)
    parts = [_listener(place, ports[name], by_protocol[name]) for name in PROTOCOLS]
    part = data / f"{FILE}.part"
    part.write_text("\n".join(parts), encoding="utf-8")
    part.replace(data / FILE)


def _listener(place: City, port: int, rows: Iterable[Spoken]) -> str:
    """One port; of what comes there the city's own sensors alone are taken."""
    protocol = next(iter(rows)).protocol
    names = {one.name: place.sensors[one.row].key for one in rows}
    sensors = "".join(f"{json.dumps(name)} = {json.dumps(key)}\n" for name, key in names.items())
    return (
        f'[[listener]]\nprotocol = "{protocol}"\nport = {port}\nquantities = ["-"]\n'
        f"{_WORDS.get(protocol, '')}\n[listener.sensors]\n{sensors}"
    )
