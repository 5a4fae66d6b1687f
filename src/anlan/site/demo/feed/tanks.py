"""The tanks of the city behind the controllers of their plants, and the map of the registers."""

import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from anlan.live.ways.settings import folder_of
from anlan.sandtable.city import Spoken, spoken
from anlan.sandtable.fleet.modbus import Controllers
from anlan.site.demo.script import city_of

PROTOCOL = "modbus"
PERIOD_S = 300
"""As often as the tanks are measured."""
_NONE = -9999.0
"""Stands in a register whose sensor has no value."""


class _Place(NamedTuple):
    """Where a sensor stands: the unit of its controller, and its first register."""

    unit: int
    at: int


class Tanks:
    """All of them. rows: the city's sensors that they have."""

    def __init__(self, every: Iterable[Spoken]) -> None:
        self._places = {one.row: place for one, place in _placed(every)}
        self._told_at = dict[int, int]()
        self.controllers = Controllers()
        for place in self._places.values():
            self.controllers.put(*place, _NONE)

    def __contains__(self, row: int) -> bool:
        return row in self._places

    def tell(self, row: int, value: float, at_ms: int) -> None:
        """A sensor has measured; NaN where it has no value."""
        self._told_at[row] = at_ms
        self.controllers.put(*self._places[row], _NONE if math.isnan(value) else value)

    def forget(self, now_ms: int) -> None:
        """Who has not measured for two periods is silent, and has no value any more."""
        late = now_ms - 2 * 1000 * PERIOD_S
        for row in [row for row, at_ms in self._told_at.items() if at_ms < late]:
            self.tell(row, math.nan, now_ms)


def write(data: Path, port: int) -> None:
    """Writes the map anew, with the port of this start."""
    parts = [f'[modbus]\nhost = "127.0.0.1"\nport = {port}\nperiod_s = {PERIOD_S}\n']
    unit = 0
    for one, place in _placed(spoken(city_of(data))):
        if place.unit != unit:
            unit = place.unit
            parts.append(
                f'\n[[read]]\ndevice = "{one.device}"\nunit = {unit}\n'
                'sensor = "{device}{quantity}"\n[read.values]\n'
            )
        parts.append(
            f'{json.dumps(one.quantity)} = {{ at = {place.at}, type = "float32", '
            f"missing = [{_NONE:g}] }}\n"
        )
    folder = folder_of(data)
    folder.mkdir(exist_ok=True)
    part = folder / "tanks.part"
    part.write_text("".join(parts), encoding="utf-8")
    part.replace(folder / "tanks.toml")


def _placed(every: Iterable[Spoken]) -> Iterator[tuple[Spoken, _Place]]:
    """The sensors of tanks by controller, each with its place."""
    units: dict[str, list[Spoken]] = {}
    for one in every:
        if one.protocol == PROTOCOL:
            units.setdefault(one.device, []).append(one)
    for unit, device in enumerate(sorted(units), 1):
        for n, one in enumerate(units[device]):
            yield one, _Place(unit, 2 * n)
