"""The sensors of the basin: what each measures, how it answers to a storm, and its limits."""
# These rows are a table: each reads best as one or two long lines.
# ruff: noqa: E501

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from anlan.sandtable.places import OBJECTS, Place

Answer = Literal["wave", "rain", "creep", "leak", "steady"]
Marks = Mapping[str, float]
"""Level words to values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One sensor and the signal behind it.

    base, daily: resting value and the amplitude of its daily course · noise: one standard
    deviation · answer, gain: the shape of what a storm does to it, and how much at strength 1 ·
    delay_s, rise_s, fall_s: after the rain begins · every: only in each so-manieth storm ·
    marks, low, deadband: limits, reached from above when `low`.
    """

    key: str
    place: Place
    quantity: str
    zh: str
    en: str
    interval_s: int = 5
    decimals: int = 2
    base: float = 0.0
    daily: float = 0.0
    noise: float = 0.0
    floor: float | None = None
    answer: Answer = "steady"
    gain: float = 0.0
    delay_s: float = 0.0
    rise_s: float = 60.0
    fall_s: float = 120.0
    every: int = 1
    turn: int = 0
    marks: Marks = field(default_factory=dict)
    low: bool = False
    deadband: float = 0.0


Row = tuple[str, dict[str, object]]


def _marks(blue: float, yellow: float, orange: float, red: float) -> dict[str, float]:
    return {"blue": blue, "yellow": yellow, "orange": orange, "red": red}


# River sections: base, gain, delay, rise, fall, marks from 设防 to 历史最高.
_RIVERS: dict[str, tuple[float, float, float, float, float, tuple[float, float, float, float]]] = {
    "990101": (2.10, 2.9, 26, 85, 95, (3.20, 3.80, 4.60, 5.40)),
    "990102": (1.82, 3.1, 60, 110, 105, (2.60, 3.20, 4.00, 4.60)),
    "990103": (2.45, 2.4, 85, 120, 110, (3.60, 4.10, 4.70, 5.60)),
    "990104": (3.05, 3.4, 115, 130, 115, (4.20, 4.80, 5.60, 6.20)),
    "990105": (2.70, 2.2, 150, 140, 120, (4.00, 4.50, 5.30, 6.00)),
    "990106": (1.10, 2.2, 18, 70, 85, (2.00, 2.50, 3.00, 3.60)),
    "990107": (1.35, 2.3, 45, 90, 95, (2.20, 2.80, 3.40, 4.00)),
    "990108": (0.92, 2.1, 22, 75, 85, (1.80, 2.30, 2.80, 3.40)),
    "990109": (1.60, 2.0, 70, 100, 100, (2.60, 3.10, 3.60, 4.20)),
}
# What a storm of strength 1 brings to each gauge, mm.
_RAIN = dict(zip(
    (f"9902{n:02d}" for n in range(1, 13)),
    (62, 104, 44, 38, 33, 29, 41, 66, 27, 18, 57, 22),
    strict=True,
))  # fmt: skip
_DEPTHS = {
    "990301": 0.58,
    "990302": 0.36,
    "990303": 0.24,
    "990304": 0.16,
    "990305": 0.31,
    "990306": 0.13,
}
_CONTENT = {
    "990501": (8.4, 24, 0.02),
    "990502": (6.1, 24, 0.02),
    "990503": (9.7, 23, 0.02),
    "990504": (5.2, 12, 1.05),
}
_SPELL = {"990501": 0, "990502": 3, "990503": 0, "990504": 1, "990505": 2}
"""In which storm of four a gas point of the yard has its leak; the first one is at tank 3."""


def _river(place: Place) -> Iterator[Row]:
    base, gain, delay, rise, fall, marks = _RIVERS[place.key]
    yield "water_level", {
        "zh": "水位", "en": "water level", "base": base, "daily": 0.03, "noise": 0.008, "answer": "wave",
        "gain": gain, "delay_s": delay, "rise_s": rise, "fall_s": fall, "marks": _marks(*marks), "deadband": 0.05,
    }  # fmt: skip


def _rain(place: Place) -> Iterator[Row]:
    yield "flood.rain", {
        "zh": "雨量", "en": "rain", "interval_s": 10, "decimals": 1, "floor": 0.0, "answer": "rain",
        "gain": _RAIN[place.key], "delay_s": 0.0 if place.northness > 0.5 else 12.0, "rise_s": 130.0,
    }  # fmt: skip


def _low(place: Place) -> Iterator[Row]:
    yield "waterlogging_depth", {
        "zh": "积水深度", "en": "depth of standing water", "interval_s": 3, "noise": 0.003, "floor": 0.0,
        "answer": "wave", "gain": _DEPTHS[place.key], "delay_s": 8, "rise_s": 62, "fall_s": 150,
        "marks": _marks(0.10, 0.15, 0.27, 0.40), "deadband": 0.02,
    }  # fmt: skip


def _reservoir(place: Place) -> Iterator[Row]:
    yield "reservoir_level", {
        "zh": "库水位", "en": "reservoir level", "base": 98.62, "daily": 0.05, "noise": 0.006, "answer": "wave",
        "gain": 4.1, "delay_s": 55, "rise_s": 210, "fall_s": 110,
        "marks": {"yellow": 100.0, "orange": 101.5, "red": 103.2}, "deadband": 0.05,
    }  # fmt: skip
    yield "flood.rain", {
        "zh": "雨量", "en": "rain", "interval_s": 10, "decimals": 1, "floor": 0.0, "answer": "rain",
        "gain": 46.0, "rise_s": 130.0,
    }  # fmt: skip


def _tank(place: Place) -> Iterator[Row]:
    if place.key in _CONTENT:
        level, warm, pressure = _CONTENT[place.key]
        yield "chemical.level", {
            "zh": "液位", "en": "level", "base": level, "daily": 0.4, "noise": 0.006, "answer": "steady",
            "marks": {"yellow": 11.0, "red": 11.8}, "deadband": 0.1,
        }  # fmt: skip
        yield "chemical.temperature", {
            "zh": "温度", "en": "temperature", "decimals": 1, "base": warm, "daily": 1.5, "noise": 0.1,
            "marks": {"yellow": 38.0, "red": 45.0}, "deadband": 1.0,
        }  # fmt: skip
        yield "chemical.pressure", {
            "zh": "压力", "en": "pressure", "decimals": 3, "base": pressure, "daily": 0.02 * pressure,
            "noise": 0.001, "marks": {"orange": pressure + 0.4, "red": pressure + 0.6}, "deadband": 0.02,
        }  # fmt: skip
    is_toxic = place.key == "990504"
    yield "chemical.toxic_gas" if is_toxic else "chemical.flammable_gas", {
        "zh": "有毒气体(氨)" if is_toxic else "可燃气体", "en": "toxic gas" if is_toxic else "flammable gas",
        "interval_s": 2, "decimals": 1, "base": 12.0 if is_toxic else 1.2, "noise": 0.4, "floor": 0.0,
        "answer": "leak", "gain": 210.0 if is_toxic else 56.0 if place.key == "990503" else 38.0,
        "delay_s": 34, "rise_s": 16, "fall_s": 90, "every": 4, "turn": _SPELL[place.key] if place.key != "990501" else 9,
        "marks": {"yellow": 100.0, "red": 200.0} if is_toxic else {"yellow": 25.0, "red": 50.0},
        "deadband": 8.0 if is_toxic else 2.0,
    }  # fmt: skip


def _item(place: Place) -> Iterator[Row]:
    wave = {"answer": "wave", "delay_s": 70.0, "rise_s": 170.0, "fall_s": 130.0}
    if place.key == "990601":
        yield "pool_level", {"zh": "库水位", "en": "pool level", "base": 241.30, "noise": 0.004, "gain": 0.62,
            "marks": _marks(241.6, 241.75, 242.0, 242.3), "deadband": 0.03, **wave}  # fmt: skip
        yield "dry_beach", {"zh": "干滩长度", "en": "dry beach", "decimals": 1, "base": 128.0, "noise": 0.3,
            "gain": -52.0, "low": True, "marks": _marks(100, 88, 70, 50), "deadband": 2.0, **wave}  # fmt: skip
        yield "freeboard", {"zh": "安全超高", "en": "freeboard", "base": 2.35, "noise": 0.004, "gain": -0.62,
            "low": True, "marks": _marks(2.0, 1.85, 1.6, 1.2), "deadband": 0.03, **wave}  # fmt: skip
        yield "tailings.rain", {"zh": "雨量", "en": "rain", "interval_s": 10, "decimals": 1, "floor": 0.0,
            "answer": "rain", "gain": 42.0, "rise_s": 130.0}  # fmt: skip
    elif place.key == "990602":
        for point in range(1, 7):
            yield "tailings.displacement", {"zh": f"{point}#测点位移", "en": f"point {point} displacement",
                "decimals": 1, "interval_s": 6, "base": 14.0 + 2.3 * point, "daily": 0.4, "noise": 0.12,
                "gain": 2.0 + 1.1 * point, "marks": _marks(30, 36, 44, 60), "deadband": 1.0, **wave}  # fmt: skip
    elif place.key == "990603":
        for point in range(1, 5):
            yield "phreatic_depth", {"zh": f"{point}#埋深", "en": f"point {point} depth", "interval_s": 6,
                "base": 8.6 + 0.5 * point, "noise": 0.01, "gain": -1.7 - 0.25 * point, "low": True,
                "marks": _marks(7.8, 7.2, 6.4, 5.4), "deadband": 0.1, **wave}  # fmt: skip
    else:
        for point in range(1, 3):
            yield "seepage", {"zh": f"{point}#渗流量", "en": f"point {point} seepage", "decimals": 1,
                "interval_s": 6, "base": 6.0 + point, "noise": 0.08, "gain": 6.5 + point,
                "marks": _marks(12, 16, 22, 30), "deadband": 0.5, **wave}  # fmt: skip


def _slope(place: Place) -> Iterator[Row]:
    for point in range(1, 5):
        yield "geohazard.displacement", {"zh": f"{point}#累计位移", "en": f"point {point} displacement",
            "decimals": 1, "base": 210.0 + 31.0 * point, "noise": 0.25, "answer": "creep",
            "gain": (9.0, 26.0, 52.0, 13.0)[point - 1], "delay_s": 75, "rise_s": 230}  # fmt: skip
    for point in range(1, 4):
        yield "geohazard.crack", {"zh": f"{point}#裂缝宽度", "en": f"crack {point}", "decimals": 1,
            "base": 4.0 + 1.7 * point, "noise": 0.05, "answer": "wave", "gain": 2.0 + point,
            "delay_s": 90, "rise_s": 190, "fall_s": 160}  # fmt: skip
    for point in range(1, 3):
        yield "geohazard.tilt", {"zh": f"{point}#倾角", "en": f"tilt {point}", "base": 0.4 * point,
            "noise": 0.008, "answer": "wave", "gain": 0.5, "delay_s": 95, "rise_s": 180, "fall_s": 160,
            "marks": {"blue": 1.1, "yellow": 1.6}, "deadband": 0.05}  # fmt: skip
    yield "geohazard.rain", {"zh": "雨量", "en": "rain", "interval_s": 10, "decimals": 1, "floor": 0.0,
        "answer": "rain", "gain": 58.0, "delay_s": 12.0, "rise_s": 130.0}  # fmt: skip
    yield "soil_moisture", {"zh": "土壤含水率", "en": "soil moisture", "decimals": 1, "interval_s": 10,
        "base": 23.0, "noise": 0.1, "answer": "wave", "gain": 15.0, "delay_s": 30, "rise_s": 140,
        "fall_s": 260}  # fmt: skip
    yield "pore_pressure", {"zh": "孔隙水压力", "en": "pore pressure", "decimals": 1, "interval_s": 10,
        "base": 18.0, "noise": 0.15, "answer": "wave", "gain": 34.0, "delay_s": 60, "rise_s": 170,
        "fall_s": 220}  # fmt: skip


def _home(place: Place) -> Iterator[Row]:
    number = int(place.key[-2:])
    yield "co", {
        "zh": "一氧化碳", "en": "carbon monoxide", "interval_s": 10, "decimals": 0, "base": 3.0, "daily": 1.5,
        "noise": 0.8, "floor": 0.0, "answer": "leak", "gain": 190.0 if number % 2 else 340.0,
        "delay_s": 96, "rise_s": 40, "fall_s": 130, "every": 10, "turn": (number + 4) % 10,
    }  # fmt: skip


_KINDS: dict[str, Callable[[Place], Iterator[Row]]] = {
    "river_section": _river,
    "rain_station": _rain,
    "low_spot": _low,
    "reservoir": _reservoir,
    "tank": _tank,
    "pool_item": _item,
    "dam_item": _item,
    "landslide": _slope,
    "home": _home,
}
_SHORT = {
    "water_level": "Z", "rain": "P", "waterlogging_depth": "H", "reservoir_level": "RZ", "level": "L",
    "temperature": "T", "pressure": "PR", "flammable_gas": "LEL", "toxic_gas": "OEL", "pool_level": "PZ",
    "dry_beach": "DB", "freeboard": "FB", "displacement": "D", "phreatic_depth": "PH", "seepage": "Q",
    "crack": "C", "tilt": "I", "soil_moisture": "SM", "pore_pressure": "PP", "co": "CO",
}  # fmt: skip


def instruments() -> Iterator[Instrument]:
    """All sensors, in the order of the objects; keys are the object's code and a short quantity."""
    for place in OBJECTS:
        seen: dict[str, int] = {}
        for quantity, row in _KINDS[place.kind](place):
            short = _SHORT[quantity.rpartition(".")[2]]
            seen[short] = seen.get(short, 0) + 1
            key = f"{place.key}-{short}{seen[short]}"
            yield Instrument(key=key, place=place, quantity=quantity, **row)  # type: ignore[arg-type]  # rows are data, proved by building them all in a test
