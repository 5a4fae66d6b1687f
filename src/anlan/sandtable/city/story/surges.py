"""What each act does at its own objects, minute by minute."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from anlan.sandtable.city.ground.frame import Floats
from anlan.sandtable.city.story.script import MINUTE_MS, Act, Kind
from anlan.sandtable.city.story.sky.rain import smooth


@dataclass(frozen=True, slots=True)
class Surge:
    """A rise of one sensor (key, without the act's rain): by `amount`, from start_min after the
    act on, in rise_min, staying stay_min, gone in fall_min (0: never).

    shape: `s`, or `fail` (faster and faster, as a slope before it goes).
    """

    sensor: str
    amount: float
    start_min: float
    rise_min: float
    stay_min: float = 0.0
    fall_min: float = 0.0
    shape: str = "s"

    def at(self, act: Act, moments: Any) -> Floats:
        """What is added at moments, ms UTC."""
        since = (moments - act.at) / MINUTE_MS - self.start_min
        if self.shape == "fail":
            share = np.log(1 - 0.985 * np.clip(since / self.rise_min, 0, 1)) / np.log(0.015)
        else:
            share = smooth(since / self.rise_min)
        if self.fall_min:
            share = share - smooth((since - self.rise_min - self.stay_min) / self.fall_min)
        return np.asarray(self.amount * share)


def _gas(key: str, amount: float, start: float, rise: float, *, stay: float) -> Surge:
    return Surge(f"{key}-G1", amount, start, rise, stay, 3 * rise + 4)


def _gas_of(key: str, amount: float, start: float) -> Surge:
    return Surge(f"{key}-M1", amount, start, 4.5, 14.0, 14.0)


_SLOPE = "990101LS901"
_YARD = "990101MH901"
_POND = "990101TP901"
_LIFT, _LINE, _DUCT = "990101EL901", "990101GL901", "990101UT901"

STORM = (
    Surge(f"{_SLOPE}-D1", 42.0, 4.0, 9.0),
    Surge(f"{_SLOPE}-D2", 30.0, 4.5, 9.0),
    Surge(f"{_SLOPE}-D1", 2600.0, 8.5, 10.0, shape="fail"),
    Surge(f"{_SLOPE}-D2", 1400.0, 9.0, 9.5, shape="fail"),
    Surge(f"{_SLOPE}-C1", 190.0, 8.5, 10.0, shape="fail"),
    Surge(f"{_SLOPE}-C2", 120.0, 9.0, 9.5, shape="fail"),
    Surge(f"{_SLOPE}-I1", 7.5, 9.0, 9.5, 240.0, 1.0, shape="fail"),
    Surge("990101DF901-N1", 3.1, 18.6, 0.7, 6.0, 25.0),
    _gas(f"{_YARD}T2", 78.0, 22.0, 2.2, stay=8.0),
    _gas(f"{_YARD}T1", 41.0, 22.5, 2.6, stay=7.0),
    _gas(f"{_YARD}G2", 34.0, 23.2, 3.0, stay=6.0),
    Surge(f"{_YARD}T2-L1", -1.4, 22.0, 14.0, 600.0, 240.0),
    Surge("990101BR901-S1", 2.1, 14.0, 40.0, 50.0, 90.0),
    Surge(f"{_LIFT}-R1", 1.0, 25.0, 0.2, 17.0, 0.2),
    Surge(f"{_LIFT}-F1", 1.0, 25.0, 0.2, 95.0, 0.2),
)
TANK = (
    Surge(f"{_YARD}T3-X1", 640.0, 0.3, 1.6, 12.0, 9.0),
    _gas(f"{_YARD}G2", 4.0, 1.5, 3.0, stay=8.0),
    Surge(f"{_YARD}T3-PR1", -0.28, 0.3, 20.0, 600.0, 240.0),
    Surge(f"{_YARD}T3-L1", -0.9, 0.3, 20.0, 600.0, 240.0),
)
TAILINGS = (
    Surge(f"{_POND}W-W1", 1.25, 0.0, 32.0, 50.0, 600.0),
    Surge(f"{_POND}B-B1", -104.0, 0.0, 32.0, 50.0, 600.0),
    Surge(f"{_POND}F-F1", -1.25, 0.0, 32.0, 50.0, 600.0),
    *(Surge(f"{_POND}P-P{n}", -2.6 - 0.4 * n, 4.0, 36.0, 60.0, 700.0) for n in range(1, 5)),
    *(Surge(f"{_POND}D-D{n}", 9.0 + 3.5 * n, 8.0, 34.0) for n in range(1, 7)),
    *(Surge(f"{_POND}S-S{n}", 13.0 + 3.0 * n, 5.0, 34.0, 60.0, 600.0) for n in range(1, 3)),
    Surge(f"{_POND}X-X1", -9.0, 0.0, 1.0, 80.0, 20.0),
)
TUNNEL = (
    *(Surge(f"990101GP90{n}-G1", (38.0, 66.0, 92.0, 71.0, 44.0, 27.0)[n - 1],
            0.3 + 0.9 * abs(n - 3), 4.0 + 0.8 * abs(n - 3), 16.0, 14.0)
      for n in range(1, 7)),
    *(_gas_of(f"{_DUCT}C{n}", amount, start) for n, amount, start in (
        (3, 84.0, 0.4), (1, 34.0, 2.4), (5, 29.0, 2.8))),
    *(Surge(f"{_DUCT}C{n}-O1", -amount, 1.0, 6.0, 14.0, 14.0) for n, amount in (
        (3, 2.9), (1, 1.5), (5, 1.1), (2, 0.5), (4, 0.4))),
    Surge(f"{_LINE}S3-PR1", -0.13, 0.3, 2.5, 30.0, 20.0),
    Surge(f"{_LINE}S2-PR1", -0.03, 0.5, 3.0, 30.0, 20.0),
    *(Surge(f"{_LINE}S{n}-Q1", 1100.0, 0.3, 2.5, 22.0, 15.0) for n in range(1, 4)),
    Surge(f"{_LINE}W6-M1", 72.0, 2.0, 5.0, 22.0, 25.0),
    Surge(f"{_LINE}W5-M1", 12.0, 5.0, 8.0, 20.0, 25.0),
)  # fmt: skip
CO = (
    Surge("990101HM903-CO1", 420.0, 1.0, 16.0, 20.0, 25.0),
    Surge("990101HM905-CO1", 190.0, 2.0, 22.0, 45.0, 30.0),
    Surge("990101HM907-CO1", 96.0, 0.0, 25.0, 80.0, 40.0),
    Surge("990101HM908-CO1", 62.0, 4.0, 30.0, 75.0, 40.0),
    Surge("990101HM910-CO1", 38.0, 0.0, 20.0, 95.0, 40.0),
)

SURGES: dict[Kind, tuple[Surge, ...]] = {
    "storm": STORM,
    "tank": TANK,
    "tailings": TAILINGS,
    "tunnel": TUNNEL,
    "co": CO,
}
