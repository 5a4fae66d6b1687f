"""The tables that the kernel works on: a plan (constant) and a state (changing).

N sensors, M rule instances (one rule on one sensor or object), C = 4 M conditions (one a
level, blue first). Each table is an array of records, so that what is used together lies
together, and few arrays cross a call. Times are int64 ms UTC, NEVER where unset; spans are ms.
"""

import contextlib
import mmap
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from anlan.terms.times import FOREVER, NEVER

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]
Records = npt.NDArray[np.void]

ACCEPT, CONFIRM, REJECT = range(3)
ABSENT, PLAIN = -2, -1  # instead of a program: no such level; the value itself


LINE = 64  # bytes of a cache line
HUGE = 1 << 22  # bytes from which memory is asked for in huge pages


def _record(ints: str, floats: str = "", *, lines: int = 0) -> np.dtype[Any]:
    """Words by name; lines: padded to so many cache lines, for records met in random order."""
    names = ints.split() + floats.split()
    return np.dtype(
        {
            "names": names,
            "formats": [np.int64] * len(ints.split()) + [np.float64] * len(floats.split()),
            "offsets": [8 * i for i in range(len(names))],
            "itemsize": LINE * lines or 8 * len(names),
        }
    )


SENSOR = _record(
    "policy confirm_ms max_gap_ms skew_ms interval_ms simple holds asks_from asks_to asks_first"
    " keep_ms flat_ms",
    "low high rate_h flat_by",
    lines=2,
)
INSTANCE = _record("is_object max_age gap_ms slot0 rules", lines=1)
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
        ("loud_n", np.int32),  # how many they are; −1: none counts them; from WAITING on: see gate
        ("calm_rate", np.float32),  # per ms; smaller changes are surely plausible
    ]
)
# newest: the newest stored reading · heard_t: the newest stored known one · held: the reading
# that waits for confirmation · flat: since when the value has not moved · unknown: the newest
# reading is · quality: of the last applied one · ring: of recent known ones, newest at head − 1
SENSOR_STATE = _record(
    "newest_t heard_t held_t held_q flat_t unknown stale quality"
    " ring_from ring_size ring_head ring_n",
    "newest_v held_v flat_v",
    lines=2,
)
# value, quality: the last applied reading that asked · version_t: since when the rule is at work as
# it is, NEVER from the beginning · wait_t: since when the condition has met
# what would make it stand, or leave.
INSTANCE_STATE = _record("standing told_stale silent clock quality version_t", "value", lines=1)
CONDITION_STATE = _record(
    "wait_t entered_t known_t memory first_t count",
    "low high",
    lines=1,
)


class PlanTables(NamedTuple):
    """Constant tables.

    sensor, stale_ms (N) · asks: instances that a sensor's reading asks · instance (M) · condition:
    four rows a rule, shared by its instances · limit (C): span of segments · segment: limits
    over time, disjoint and ascending · program: span of steps · slot: span of
    fillers, the sensors behind a name of an instance.
    """

    sensor: Records
    stale_ms: Ints
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
    """All that changes.

    hot, sensor (N) · instance (M) · condition (C) · timer (N): when a held reading's wait or a
    hold delay ends · silence (N): no silence of the sensor is told before · next_due: the
    least of timer, and of silence, or less · stack: scratch of expressions.
    """

    hot: Records
    sensor: Records
    instance: Records
    condition: Records
    timer: Ints
    silence: Ints
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
    stale_ms: int
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
    timer: int
    silence: int
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


def room(count: int, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """(count,) zeros that begin at a cache line; in huge pages where they are large.

    Of a million sensors' state each reading meets other pages, and most of its time would go
    into looking up where they lie.
    """
    size = count * np.dtype(dtype).itemsize
    if size < HUGE or not hasattr(mmap, "MADV_HUGEPAGE"):
        space = np.zeros(size + LINE, np.uint8)
        start = -space.ctypes.data % LINE
        return space[start : start + size].view(dtype)
    pages = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with contextlib.suppress(OSError):  # a kernel may be built without them
        pages.madvise(mmap.MADV_HUGEPAGE)
    return np.frombuffer(pages, dtype)


def moved(table: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A copy of a table in a room of its own."""
    copy = room(table.size, table.dtype).reshape(table.shape)
    copy[:] = table
    return copy


def blank_state(plan: PlanTables) -> StateTables:
    """The state before anything was heard."""
    hot = room(len(plan.sensor), HOT_STATE)
    hot["course_t"], hot["course_v"] = NEVER, np.nan
    hot["quiet_lo"], hot["quiet_hi"] = np.inf, -np.inf
    hot["loud_n"] = -1
    calm = plan.sensor["rate_h"] / 3_600_000.0 * (1 - 1e-6)  # a hair below the exact rate
    hot["calm_rate"] = np.where(plan.sensor["policy"] == ACCEPT, np.inf, calm)
    sensor = room(len(plan.sensor), SENSOR_STATE)
    for name in ("newest_t", "heard_t", "held_t", "flat_t"):
        sensor[name] = NEVER
    for name in ("newest_v", "held_v", "flat_v"):
        sensor[name] = np.nan
    instance = room(len(plan.instance), INSTANCE_STATE)
    instance["clock"] = instance["version_t"] = NEVER
    instance["value"] = np.nan
    condition = room(len(plan.limit), CONDITION_STATE)
    for name in ("wait_t", "entered_t", "known_t", "first_t"):
        condition[name] = NEVER
    condition["low"] = condition["high"] = np.nan
    timer, silence, next_due = (room(n, np.int64) for n in (len(hot), len(hot), 2))
    for times in (timer, silence, next_due):
        times[:] = FOREVER
    return StateTables(
        hot, sensor, instance, condition, timer, silence, next_due, np.zeros((64, 2))
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
