"""What a data identifier is, as the tables of both editions have it: bytes, decimals, sign, unit.

Appendix A of DL/T 645-2007, tables A.1, A.3 and A.6; DL/T 645-1997, tables A.1 to A.5.
"""

from dataclasses import dataclass
from typing import Literal

Edition = Literal["2007", "1997"]
Kind = Literal["number", "bits", "date", "time", "moment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """size: its bytes · decimals: of its digits · is_signed: the highest bit is a minus ·
    kind: digits; a word of bits; or a date, a time of day or both, as YYMMDDWW and hhmmss."""

    size: int
    decimals: int = 0
    is_signed: bool = False
    unit: str = ""
    kind: Kind = "number"


def _energy(unit: str, *, is_signed: bool = False) -> Item:
    return Item(size=4, decimals=2, unit=unit, is_signed=is_signed)


def _power(unit: str) -> Item:
    return Item(size=3, decimals=4, is_signed=True, unit=unit)


_RATES = 64
_ENERGIES = {
    0x00: _energy("kWh", is_signed=True), 0x01: _energy("kWh"), 0x02: _energy("kWh"),
    0x03: _energy("kvarh", is_signed=True), 0x04: _energy("kvarh", is_signed=True),
    0x05: _energy("kvarh"), 0x06: _energy("kvarh"), 0x07: _energy("kvarh"),
    0x08: _energy("kvarh"), 0x09: _energy("kVAh"), 0x0A: _energy("kVAh"),
}  # fmt: skip
_PHASED = {
    1: Item(size=2, decimals=1, unit="V"),
    2: Item(size=3, decimals=3, is_signed=True, unit="A"),
    7: Item(size=2, decimals=1, unit="°"), 8: Item(size=2, decimals=2, unit="%"),
    9: Item(size=2, decimals=2, unit="%"),
}  # fmt: skip
_TOTALLED = {
    3: _power("kW"), 4: _power("kvar"), 5: _power("kVA"),
    6: Item(size=2, decimals=3, is_signed=True),
}  # fmt: skip
_ALONE = {
    "02800001": Item(size=3, decimals=3, unit="A"),
    "02800002": Item(size=2, decimals=2, unit="Hz"),
    "02800003": _power("kW"), "02800004": _power("kW"), "02800005": _power("kvar"),
    "02800006": _power("kVA"),
    "02800007": Item(size=2, decimals=1, is_signed=True, unit="℃"),
    "02800008": Item(size=2, decimals=2, unit="V"),
    "02800009": Item(size=2, decimals=2, unit="V"), "0280000a": Item(size=4, unit="min"),
    "04000101": Item(size=4, kind="date"), "04000102": Item(size=3, kind="time"),
    "0400010c": Item(size=7, kind="moment"),
    **{f"0400050{n}": Item(size=2, kind="bits") for n in range(1, 8)},
}  # fmt: skip
ITEMS: dict[str, Item] = {
    **{f"00{what:02x}{rate:02x}00": item
       for what, item in _ENERGIES.items() for rate in range(_RATES)},
    **{f"02{what:02x}{phase:02x}00": item
       for what, item in _PHASED.items() for phase in (1, 2, 3)},
    **{f"02{what:02x}{phase:02x}00": item
       for what, item in _TOTALLED.items() for phase in range(4)},
    **_ALONE,
}  # fmt: skip
"""Of 2007, by the identifier in the order of the tables, DI3 first."""

OLD_ITEMS: dict[str, Item] = {
    **{f"90{way}{rate:x}": _energy("kWh") for way in (1, 2) for rate in range(15)},
    **{f"91{way}{rate:x}": _energy("kvarh") for way in range(1, 7) for rate in range(15)},
    **{f"b61{phase}": Item(size=2, unit="V") for phase in (1, 2, 3)},
    **{f"b62{phase}": Item(size=2, decimals=2, unit="A") for phase in (1, 2, 3)},
    **{f"b63{phase}": Item(size=3, decimals=4, unit="kW") for phase in range(4)},
    **{f"b64{phase}": Item(size=2, decimals=2, unit="kvar") for phase in range(4)},
    **{f"b65{phase}": Item(size=2, decimals=3) for phase in range(4)},
    "c010": Item(size=4, kind="date"), "c011": Item(size=3, kind="time"),
    "c020": Item(size=1, kind="bits"), "c021": Item(size=1, kind="bits"),
}  # fmt: skip
"""Of 1997."""


def item_of(edition: Edition, di: str) -> Item | None:
    """What an identifier is; None where the tables of the edition do not have it here."""
    return (ITEMS if edition == "2007" else OLD_ITEMS).get(di)
