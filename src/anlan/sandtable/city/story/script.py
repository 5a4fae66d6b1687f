"""Scripts: what happens, and when."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
HISTORY_DAYS, STORM_DAYS_AGO = 35, 9
_EARLY_MS, _LATE_MS, NEVER_ENDS = 15 * MINUTE_MS, 120 * MINUTE_MS, 1 << 62

Kind = Literal["storm", "tank", "tailings", "tunnel", "co"]


@dataclass(frozen=True, slots=True)
class Act:
    """One disaster. at: ms UTC of its first minute · strength: of its rain, about 1 · sparse: how
    many times slower than in a live story its sensors report."""

    kind: Kind
    at: int
    strength: float = 1.0
    sparse: int = 1


class Busy(NamedTuple):
    """Hours in which story sensors report fast: low ≤ time < high, ms UTC; sparse: see Act."""

    low: int
    high: int
    sparse: int


@dataclass(frozen=True, slots=True)
class Script:
    """What happens besides ordinary days. acts in order of time; one and the same seed, script
    and sensor give the same reading at a moment, whatever is asked besides."""

    name: str
    seed: int = 99
    acts: tuple[Act, ...] = ()

    @property
    def busy(self) -> tuple[Busy, ...]:
        """When the sensors of the stories report fast; an act ends the busy hours before it."""
        ends = [*(act.at - _EARLY_MS for act in self.acts[1:]), NEVER_ENDS]
        return tuple(
            Busy(act.at - _EARLY_MS, min(end, act.at + _LATE_MS), act.sparse)
            for act, end in zip(self.acts, ends, strict=False)
        )


def rainstorm(start: int, seed: int = 99) -> Script:
    """Rain → river → waterlogging → landslide → chemical leak, from `start` (ms UTC) on; beside it
    a bridge's bed is washed out and a lift stops with people in it."""
    return Script("rainstorm", seed, (Act("storm", start),))


def tank_leak(start: int, seed: int = 99) -> Script:
    """Ammonia leaks from a tank of the chemical park."""
    return Script("tank_leak", seed, (Act("tank", start),))


def tailings_rise(start: int, seed: int = 99) -> Script:
    """The drains of a tailings pond are blocked and its pool rises."""
    return Script("tailings_rise", seed, (Act("tailings", start),))


def tunnel_gas(start: int, seed: int = 99) -> Script:
    """Gas leaks in the utility tunnel and into a well beside its line, whose pressure falls. The
    gas company's own points there are the chemical pack's, the compartments the tunnel pack's."""
    return Script("tunnel_gas", seed, (Act("tunnel", start),))


def co_night(start: int, seed: int = 99) -> Script:
    """Stoves fill homes of the old town with carbon monoxide."""
    return Script("co_night", seed, (Act("co", start),))


def quiet_week(seed: int = 99) -> Script:
    """Nothing but ordinary days: showers, cooking, filling, drift, faults of instruments."""
    return Script("quiet_week", seed)


def history(now: int, seed: int = 99) -> Script:
    """Ordinary days before now, with one storm some days ago."""
    return Script("history", seed, (_earlier(now),))


def demo(first: int, starts: tuple[int, ...], seed: int = 99) -> Script:
    """History before the first start, and a rainstorm at each start, ms UTC ascending."""
    return Script("demo", seed, (_earlier(first), *(Act("storm", at) for at in starts)))


def _earlier(now: int) -> Act:
    """A storm in the evening some days before: at 20:10 Beijing time."""
    midnight = (now + 8 * HOUR_MS) // DAY_MS * DAY_MS - 8 * HOUR_MS
    at = midnight - STORM_DAYS_AGO * DAY_MS + 20 * HOUR_MS + 10 * MINUTE_MS
    return Act("storm", at, 0.92, sparse=12)


SCRIPTS = {
    "rainstorm": rainstorm,
    "tank_leak": tank_leak,
    "tailings_rise": tailings_rise,
    "tunnel_gas": tunnel_gas,
    "co_night": co_night,
}
"""The stories by name, each from its start on."""
