"""The tables that the kernel works on: a plan (constant) and a state (changing).

N sensors, M rule instances (one rule on one sensor or object), C = 4 M conditions (one a
level, blue first). Each table is an array of records, so that what is used together lies
together, and few arrays cross a call. Times are int64 ms UTC, NEVER where unset; spans are ms.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from anlan.terms.times import NEVER

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]
Records = npt.NDArray[np.void]

ACCEPT, CONFIRM, REJECT = range(3)
ABSENT, PLAIN = -2, -1  # instead of a program: no such level; the value itself


def _record(ints: str, floats: str = "") -> np.dtype[Any]:
    fields = [(name, np.int64) for name in ints.split()]
    return np.dtype(fields + [(name, np.float64) for name in floats.split()], align=True)


SENSOR = _record(
    "policy confirm_ms max_gap_ms stale_ms skew_ms interval_ms simple holds asks_from asks_to"
    " keep_ms flat_ms",
    "low high rate_h flat_by",
)
INSTANCE = _record("is_object max_age gap_ms slot0 rules")
CONDITION = _record(
    "on_ms off_ms hold_ms holds k n program lower_bound is_boolean",
    "min_coverage",
)
SEGMENT = _record("start end is_low", "threshold deadband")
SPAN = _record("start end")
STEP = _record("op slot", "number")

# One cache line a sensor: all that a quiet reading needs.
HOT_STATE = np.dtype(
    [
        ("course_t", np.int64),  # the last applied known reading
        ("course_v", np.float64),
        ("quiet_lo", np.float64),  # between these nothing changes; empty when lo ≥ hi
        ("quiet_hi", np.float64),
        ("quiet_to", np.int64),  # and before this
        ("loud_lo", np.float64),  # lowest and highest of the quiet readings under a level
        ("loud_hi", np.float64),
        ("loud_n", np.int32),  # how many they are; −1: no level stands
        ("calm_rate", np.float32),  # per ms; smaller changes are surely plausible
    ]
)
SENSOR_STATE = np.dtype(
    [
        ("due", np.int64),  # next timer of a held reading or a hold delay
        ("newest_t", np.int64),  # the newest stored reading
        ("newest_v", np.float64),
        ("heard_t", np.int64),  # the newest stored known reading
        ("held_t", np.int64),  # the reading that waits for confirmation
        ("held_v", np.float64),
        ("held_q", np.int64),
        ("flat_t", np.int64),  # since when the value has not moved
        ("flat_v", np.float64),
        ("unknown", np.int64),  # the newest reading is unknown
        ("stale", np.int64),
        ("ring_from", np.int64),  # ring of recent known readings, newest at head − 1
        ("ring_size", np.int64),
        ("ring_head", np.int64),
        ("ring_n", np.int64),
        ("quality", np.int64),  # of the last applied reading
    ]
)
# value, quality: the last applied reading that asked.
INSTANCE_STATE = _record("standing told_stale silent clock quality", "value")
CONDITION_STATE = _record(
    "on_t off_t entered_t known_t memory first_t count",
    "low high",
)


class PlanTables(NamedTuple):
    """Constant tables.

    sensor (N) · asks: instances that a sensor's reading asks · instance (M) · condition:
    four rows a rule, shared by its instances · limit (C): span of segments · segment: limits
    over time, disjoint and ascending · program: span of steps · slot: span of
    fillers, the sensors behind a name of an instance.
    """

    sensor: Records
    asks: Ints
    instance: Records
    condition: Records
    limit: Records
    segment: Records
    program: Records
    step: Records
    slot: Records
    filler: Ints


class StateTables(NamedTuple):
    """All that changes: hot and sensor (N), instance (M), condition (C), next_due, scratch."""

    hot: Records
    sensor: Records
    instance: Records
    condition: Records
    next_due: Ints
    stack: Floats


class RingTables(NamedTuple):
    """One flat store for the rings of all sensors that windows look at."""

    at: Ints
    value: Floats


CHANGE = np.dtype(
    [
        ("row", np.int64),  # position in the batch; −1: a tick made it
        ("instance", np.int64),  # < M: rule instance; from M on: promotion of a group
        ("kind", np.int64),
        ("before", np.int64),
        ("after", np.int64),
        ("at", np.int64),
        ("first_at", np.int64),
        ("n", np.int64),
        ("quality", np.int64),
        ("segment", np.int64),
        ("condition", np.int64),
        ("value", np.float64),
        ("low", np.float64),
        ("high", np.float64),
        ("coverage", np.float64),
    ]
)
# Where the kernel stands, so that it can stop and go on: next row, changes written, room for
# changes, newest own tick, next sensor of a tick in progress or −1, ring to grow, position in
# the given ticks.
CURSOR = _record("row written room tick sensor grow ticks")
PAIR = _record("", "lo hi")
WHOLE = _record("x")
REAL = _record("", "x")


class PlanAddresses(NamedTuple):
    """Where the plan's tables lie, and the number of sensors."""

    sensor: int
    asks: int
    instance: int
    condition: int
    limit: int
    segment: int
    program: int
    step: int
    slot: int
    filler: int
    sensors: int


class StateAddresses(NamedTuple):
    """Where the state's tables and rings lie."""

    hot: int
    sensor: int
    instance: int
    condition: int
    next_due: int
    stack: int
    ring_at: int
    ring_value: int


class OutAddresses(NamedTuple):
    """Where changes and the cursor lie."""

    changes: int
    cursor: int


def plan_addresses(plan: PlanTables) -> PlanAddresses:
    """Addresses that hold as long as the plan is kept."""
    places = [int(table.ctypes.data) for table in plan]
    return PlanAddresses._make([*places, len(plan.sensor)])


def state_addresses(state: StateTables, rings: RingTables) -> StateAddresses:
    """Addresses that hold as long as state and rings are kept."""
    return StateAddresses(*(int(table.ctypes.data) for table in (*state, *rings)))


def lines_of(count: int) -> Records:
    """Hot records that begin at a cache line."""
    room = np.zeros(count * HOT_STATE.itemsize + 64, np.uint8)
    start = -room.ctypes.data % 64
    return room[start : start + count * HOT_STATE.itemsize].view(HOT_STATE)


def blank_state(plan: PlanTables) -> StateTables:
    """The state before anything was heard."""
    hot = lines_of(len(plan.sensor))
    hot["course_t"], hot["course_v"] = NEVER, np.nan
    hot["quiet_lo"], hot["quiet_hi"] = np.inf, -np.inf
    hot["loud_n"] = -1
    calm = plan.sensor["rate_h"] / 3_600_000.0 * (1 - 1e-6)  # a hair below the exact rate
    hot["calm_rate"] = np.where(plan.sensor["policy"] == ACCEPT, np.inf, calm)
    sensor = np.zeros(len(plan.sensor), SENSOR_STATE)
    for name in ("newest_t", "heard_t", "held_t", "flat_t"):
        sensor[name] = NEVER
    for name in ("newest_v", "held_v", "flat_v"):
        sensor[name] = np.nan
    sensor["due"] = -NEVER
    instance = np.zeros(len(plan.instance), INSTANCE_STATE)
    instance["clock"] = NEVER
    instance["value"] = np.nan
    condition = np.zeros(len(plan.limit), CONDITION_STATE)
    for name in ("on_t", "off_t", "entered_t", "known_t", "first_t"):
        condition[name] = NEVER
    condition["low"] = condition["high"] = np.nan
    return StateTables(
        hot, sensor, instance, condition, np.full(1, -NEVER, np.int64), np.zeros((64, 2))
    )


def blank_rings(plan: PlanTables, state: StateTables) -> RingTables:
    """Empty rings that hold what windows need at the nominal interval, and some more."""
    keep = plan.sensor["keep_ms"]
    wanted = keep // np.maximum(plan.sensor["interval_ms"], 1) + 8
    size = np.where(keep >= 0, np.clip(wanted, 16, 4096), 0)
    state.sensor["ring_size"] = size
    state.sensor["ring_from"] = np.cumsum(size) - size
    total = max(int(size.sum()), 1)
    return RingTables(np.full(total, NEVER, np.int64), np.zeros(total))


def ring_order(state: StateTables, sensor: int) -> Ints:
    """Positions of a sensor's ring entries, oldest first."""
    ring = state.sensor[sensor]
    n, size = int(ring["ring_n"]), max(int(ring["ring_size"]), 1)
    return (int(ring["ring_head"]) - n + np.arange(n)) % size + int(ring["ring_from"])


def grow_ring(rings: RingTables, state: StateTables, sensor: int) -> RingTables:
    """The same rings with twice the room for one sensor, its entries in order."""
    order = ring_order(state, sensor)
    n, room = len(order), 2 * max(int(state.sensor["ring_size"][sensor]), 8)
    at = np.concatenate((rings.at, np.full(room, NEVER, np.int64)))
    value = np.concatenate((rings.value, np.zeros(room)))
    start = len(rings.at)
    at[start : start + n] = rings.at[order]
    value[start : start + n] = rings.value[order]
    ring = state.sensor[sensor]
    ring["ring_from"], ring["ring_size"], ring["ring_head"] = start, room, n % room
    return RingTables(at, value)
