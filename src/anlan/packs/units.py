"""The UCUM units that packs may use, with the words shown to people."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """A UCUM code and how it is written in Chinese and in English."""

    code: str
    zh: str
    en: str


STATE = "{state}"
"""Of what is no amount: each of its values has a name."""
UNITS = {
    unit.code: unit
    for unit in (
        Unit("1", "", ""),
        Unit("%", "%", "%"),
        Unit("%{LEL}", "%LEL", "%LEL"),
        Unit("%{OEL}", "%OEL", "%OEL"),
        Unit("[ppm]", "ppm", "ppm"),
        Unit("mg/m3", "毫克/立方米", "mg/m³"),
        Unit("ug/m3", "微克/立方米", "µg/m³"),
        Unit("mg/L", "毫克/升", "mg/L"),
        Unit("mm", "毫米", "mm"),
        Unit("cm", "厘米", "cm"),
        Unit("m", "米", "m"),
        Unit("km", "千米", "km"),
        Unit("mm/h", "毫米/小时", "mm/h"),
        Unit("mm/d", "毫米/天", "mm/d"),
        Unit("m/s", "米/秒", "m/s"),
        Unit("km/h", "千米/小时", "km/h"),
        Unit("m/s2", "米/秒²", "m/s²"),
        Unit("um/m", "微应变", "µm/m"),
        Unit("m-1", "1/米", "m⁻¹"),
        Unit("%/m", "%/米", "%/m"),
        Unit("m2", "平方米", "m²"),
        Unit("km2", "平方千米", "km²"),
        Unit("m3", "立方米", "m³"),
        Unit("10*4.m3", "万立方米", "10⁴ m³"),
        Unit("m3/s", "立方米/秒", "m³/s"),
        Unit("m3/h", "立方米/小时", "m³/h"),
        Unit("L/s", "升/秒", "L/s"),
        Unit("L/min", "升/分", "L/min"),
        Unit("Pa", "帕", "Pa"),
        Unit("kPa", "千帕", "kPa"),
        Unit("MPa", "兆帕", "MPa"),
        Unit("Cel", "℃", "°C"),
        Unit("deg", "度", "°"),
        Unit("deg{azimuth}", "度", "°"),
        Unit("kN", "千牛", "kN"),
        Unit("J", "焦", "J"),
        Unit("kg", "千克", "kg"),
        Unit("t", "吨", "t"),
        Unit("s", "秒", "s"),
        Unit("min", "分", "min"),
        Unit("h", "小时", "h"),
        Unit("d", "天", "d"),
        Unit("a", "年", "a"),
        Unit("Hz", "赫兹", "Hz"),
        Unit("V", "伏", "V"),
        # What is counted stands in the title: 井下人数 52, people below ground 52.
        Unit("{persons}", "人", ""),
        Unit(STATE, "", ""),
        Unit("[NTU]", "NTU", "NTU"),
    )
}


def unit_of(code: str) -> Unit | None:
    """The unit of a UCUM code, or None when packs do not know it."""
    return UNITS.get(code)


_DECIMALS = {
    "m": 2, "MPa": 3, "deg": 2, "deg{azimuth}": 0, "[ppm]": 0, "mm/d": 0, "m/s2": 3, "m-1": 4,
    "Pa": 0, "J": 0, "m3/h": 0, "{persons}": 0, STATE: 0, "kg": 0, "um/m": 0, "kN": 0,
}  # fmt: skip
"""Decimal places by UCUM code; one where it is not named."""
_THIN = "\u2009"


def decimals(code: str) -> int:
    """How many decimal places a unit is shown with."""
    return _DECIMALS.get(code, 1)


def sign_of(code: str) -> str:
    """A unit the way a person writes it."""
    known = unit_of(code)
    return known.en if known else code


def shown(value: float | None, code: str) -> str:
    """A number with its unit, the way a person writes it; a dash for none."""
    if value is None or math.isnan(value):
        return "—"
    number = f"{value:,.{decimals(code)}f}".replace(",", _THIN).replace("-", "−")
    sign = sign_of(code)
    return f"{number}{_THIN}{sign}" if sign else number
