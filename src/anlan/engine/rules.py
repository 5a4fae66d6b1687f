"""What a pack says to the engine: gates, rules and promotions, frozen.

`anlan.packs` builds these from data; `anlan.engine.plan` compiles them to tables.
"""

from dataclasses import dataclass
from typing import Literal

from anlan.terms.levels import Level
from anlan.terms.sensors import Direction

SpikePolicy = Literal["accept", "confirm", "reject"]
Mode = Literal["evidence", "hold"]
Scope = Literal["sensor", "object"]
MOST_REMEMBERED = 62
"""How many evaluations a k-of-n condition can look back on: the bits of a word of the kernel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The quality gate of one quantity.

    low, high: plausible range (unit, inclusive) · rate_per_h: plausible change per hour ·
    interval_ms: nominal time between readings · confirm_ms: longest wait for confirmation
    (None: 2 × interval) · max_gap_ms: longest gap that keeps a delay running (None: 3 ×
    interval) · stale_ms: silence that is told (None: 3 × interval) · flat_ms: no change of
    more than flat_by for so long marks `uncertain` (None: off) · skew_ms: how far a device
    clock may run ahead of reception.
    """

    low: float = float("-inf")
    high: float = float("inf")
    spike: SpikePolicy = "accept"
    rate_per_h: float = float("inf")
    interval_ms: int = 60_000
    confirm_ms: int | None = None
    max_gap_ms: int | None = None
    stale_ms: int | None = None
    flat_ms: int | None = None
    flat_by: float = 0.0
    skew_ms: int = 600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """Days of the year, both included, in one fixed UTC offset; may wrap over New Year."""

    first: tuple[int, int]  # month, day
    last: tuple[int, int]
    offset_min: int = 480


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRule:
    """When one level holds.

    measure: an expression (`value`, `sum(rain, 12h)`, `rain >= 5 and level > 3`) ·
    threshold: compared with the measure; None for a Boolean measure, or when limits of the
    single sensor fill it · deadband ≥ 0 · on_delay_ms, off_delay_ms: event time ·
    min_hold_ms: not lowered before · k of n: TRUE in at least k of the last n readings ·
    min_coverage: windows with less are unknown · lower_bound: a partial sum that reaches the
    threshold raises all the same · season: only then.
    """

    level: Level
    measure: str = "value"
    threshold: float | None = None
    direction: Direction = "high"
    deadband: float = 0.0
    on_delay_ms: int = 0
    off_delay_ms: int = 0
    min_hold_ms: int = 0
    mode: Mode = "evidence"
    k: int = 1
    n: int = 1
    min_coverage: float = 0.8
    lower_bound: bool = True
    season: Season | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A graded rule: PACK.QUANTITY.NAME, one condition a level.

    quantity: the sensors it stands on; an `object` rule is asked whenever any input of its
    object reports. takes_limits: thresholds come from the limits of each sensor, and the
    level rules give measure and delays (the rule named `level`).
    """

    key: str
    quantity: str
    levels: tuple[LevelRule, ...]
    scope: Scope = "sensor"
    takes_limits: bool = False
    version: str = "1"
    unit: str = ""
    max_age_ms: int | None = None
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """`at_least` members standing at `level` or above make the group stand at `to`."""

    at_least: int
    level: Level
    to: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination:
    """Named rules all standing at their level or above make the group stand at `to`."""

    all_of: tuple[tuple[str, Level], ...]  # (rule key, level)
    to: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """How a group's level follows from its members.

    kind: the kind of group it applies to (`object`, `facility`, `village`, …; see Group) ·
    rules: keys of the rules it hears, empty for all of the pack · highest: the group stands at
    least at its highest member · counts, combinations: see there. The group's level is the
    highest that any part gives.
    """

    key: str
    kind: str
    rules: tuple[str, ...] = ()
    highest: bool = False
    counts: tuple[Count, ...] = ()
    combinations: tuple[Combination, ...] = ()
    version: str = "1"
    source: str = ""
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A node of the tree above the sensors: an object, or a wider group of groups."""

    key: str
    kind: str = "object"
    parent: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """All that a pack asks of the engine: gates by quantity, rules, promotions."""

    pack: str
    gates: dict[str, Gate]
    rules: tuple[Rule, ...]
    promotions: tuple[Promotion, ...] = ()
