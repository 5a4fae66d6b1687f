"""The arrays that the kernel works on: a plan (constant) and a state (changing).

N sensors, M rule instances (one rule on one sensor or object), C = 4 M conditions (one a
level). Times are int64 ms UTC, NEVER where unset.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from anlan.terms.times import NEVER

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]

# Columns of State.hot, one cache line a sensor: all that a quiet reading needs.
COURSE_T, COURSE_V, QUIET_LO, QUIET_HI, QUIET_TO, CALM_RATE, FLAT_MS, SPARE = range(8)

# Columns of the sensor parameters.
LOW, HIGH, RATE_H, FLAT_BY = range(4)
POLICY, CONFIRM_MS, MAX_GAP_MS, STALE_MS, SKEW_MS, INTERVAL_MS, SIMPLE = range(7)
ACCEPT, CONFIRM, REJECT = range(3)

# Columns of the condition parameters.
ON_MS, OFF_MS, HOLD_MS, MODE_HOLD, K, N_OF, PROGRAM, LOWER_BOUND, BOOLEAN = range(9)
ABSENT, PLAIN = -2, -1  # values of PROGRAM

# Columns of a limit segment.
FROM, TO, IS_LOW = range(3)
THRESHOLD, DEADBAND = range(2)


class PlanTables(NamedTuple):
    """Constant tables; see the module for N, M, C."""

    sensor_f: Floats  # (N, 4) LOW HIGH RATE_H FLAT_BY
    sensor_i: Ints  # (N, 7) POLICY … SIMPLE
    asks_ptr: Ints  # (N + 1,) → asks
    asks: Ints  # instances a sensor's reading asks
    is_object: Bytes  # (M,) the instance stands on an object
    max_age: Ints  # (M,) oldest input that counts, ms; −1: the input's own max_gap
    gap_ms: Ints  # (M,) longest gap that keeps a delay
    cond_i: Ints  # (C, 9) ON_MS …
    cond_f: Floats  # (C, 1) minimum coverage
    seg_ptr: Ints  # (C + 1,) → segments
    seg_i: Ints  # (S, 3) FROM TO IS_LOW, disjoint, ascending
    seg_f: Floats  # (S, 2) THRESHOLD DEADBAND
    prog_ptr: Ints  # (programs + 1,) → steps
    steps_i: Ints  # (steps, 2) op, slot
    steps_f: Floats  # (steps,)
    slot0: Ints  # (M,) first slot of an instance
    slot_ptr: Ints  # (slots + 1,) → slot_sensor
    slot_sensor: Ints  # sensors that fill a slot
    scalars: Ints  # (2,) smallest skew ms, number of sensors


class StateTables(NamedTuple):
    """All that changes, but the rings; see the module for N, M, C."""

    hot: Floats  # (N, 8) COURSE_T …; times as floats are exact
    newest_t: Ints  # (N,) time of the newest stored reading
    newest_v: Floats  # (N,) its value
    heard_t: Ints  # (N,) time of the newest stored known reading
    held_t: Ints  # (N,) reading that waits for confirmation
    held_v: Floats
    held_q: Bytes
    flat_t: Ints  # (N,) since when the value has not moved
    flat_v: Floats
    unknown: Bytes  # (N,) the newest reading is unknown
    stale: Bytes  # (N,)
    due: Ints  # (N,) next timer of a held reading or a hold delay
    standing: Bytes  # (M,) set of levels, bit 0 = blue
    told_stale: Bytes  # (M,)
    silent: Ints  # (M,) how many of its sensors are stale
    clock: Ints  # (M,) newest time at which an object rule was asked
    on_t: Ints  # (C,) pending to stand since
    off_t: Ints  # (C,) pending to leave since
    entered_t: Ints  # (C,)
    known_t: Ints  # (C,) last known evaluation
    memory: Words  # (C,) last n truths, newest in bit 0
    first_t: Ints  # (C,) first crossing
    count: Ints  # (C,)
    low: Floats  # (C,)
    high: Floats  # (C,)
    next_due: Ints  # (1,) nothing is due before
    stack: Floats  # (64, 2) scratch of the program


class RingTables(NamedTuple):
    """Recent known readings of sensors that windows look at.

    at, value: one flat store; a sensor's ring starts at offset, has capacity entries, the
    newest at (head − 1) mod capacity. keep_ms: how far back is needed, −1: no ring.
    """

    at: Ints
    value: Floats
    offset: Ints
    capacity: Ints
    head: Ints
    length: Ints
    keep_ms: Ints


# Columns of the output.
(O_ROW, O_INSTANCE, O_KIND, O_BEFORE, O_AFTER, O_AT, O_FIRST, O_N, O_QUALITY, O_SEGMENT, O_COND) = (
    range(11)
)
O_VALUE, O_MIN, O_MAX, O_COVERAGE = range(4)


class OutTables(NamedTuple):
    """Where the kernel writes; `cursor` lets it stop and go on.

    whole: (capacity, 11) O_ROW … · real: (capacity, 4) O_VALUE … · verdict: (rows,) ·
    cursor: [row, changes written, newest own tick, next sensor of a tick in progress or −1,
    ring to grow, position in the given ticks].
    """

    whole: Ints
    real: Floats
    verdict: Bytes
    cursor: Ints


C_ROW, C_OUT, C_TICK, C_SENSOR, C_GROW, C_TICKS = range(6)


def blank_state(sensors: int, instances: int) -> StateTables:
    """The state before anything was heard."""
    conditions = 4 * instances

    def times(n: int) -> Ints:
        return np.full(n, NEVER, np.int64)

    def zeros(n: int) -> Bytes:
        return np.zeros(n, np.uint8)

    def unset(n: int) -> Floats:
        return np.full(n, np.nan)

    hot = np.zeros((sensors, 8))
    hot[:, COURSE_T] = float(NEVER)
    hot[:, COURSE_V] = np.nan
    hot[:, QUIET_LO] = np.inf
    hot[:, QUIET_HI] = -np.inf
    return StateTables(
        hot=hot,
        newest_t=times(sensors),
        newest_v=unset(sensors),
        heard_t=times(sensors),
        held_t=times(sensors),
        held_v=unset(sensors),
        held_q=zeros(sensors),
        flat_t=times(sensors),
        flat_v=unset(sensors),
        unknown=zeros(sensors),
        stale=zeros(sensors),
        due=np.full(sensors, -NEVER, np.int64),
        standing=zeros(instances),
        told_stale=zeros(instances),
        silent=np.zeros(instances, np.int64),
        clock=times(instances),
        on_t=times(conditions),
        off_t=times(conditions),
        entered_t=times(conditions),
        known_t=times(conditions),
        memory=np.zeros(conditions, np.uint64),
        first_t=times(conditions),
        count=np.zeros(conditions, np.int64),
        low=unset(conditions),
        high=unset(conditions),
        next_due=np.full(1, -NEVER, np.int64),
        stack=np.zeros((64, 2)),
    )


def blank_rings(keep_ms: Ints, interval_ms: Ints) -> RingTables:
    """Empty rings that hold what windows need at the nominal interval, and some more."""
    wanted = keep_ms // np.maximum(interval_ms, 1) + 8
    capacity = np.where(keep_ms >= 0, np.clip(wanted, 16, 4096), 0).astype(np.int64)
    offset = np.concatenate(([0], np.cumsum(capacity)[:-1])).astype(np.int64)
    total = max(int(capacity.sum()), 1)
    return RingTables(
        at=np.full(total, NEVER, np.int64),
        value=np.zeros(total),
        offset=offset,
        capacity=capacity,
        head=np.zeros(len(keep_ms), np.int64),
        length=np.zeros(len(keep_ms), np.int64),
        keep_ms=keep_ms,
    )


def grow_ring(rings: RingTables, sensor: int) -> RingTables:
    """The same rings with twice the room for one sensor; its entries keep their order."""
    start, size = int(rings.offset[sensor]), int(rings.capacity[sensor])
    order = (int(rings.head[sensor]) + np.arange(size)) % size + start  # oldest first when full
    room = 2 * size
    new_at = np.concatenate((rings.at, np.full(room, NEVER, np.int64)))
    new_value = np.concatenate((rings.value, np.zeros(room)))
    new_at[len(rings.at) : len(rings.at) + size] = rings.at[order]
    new_value[len(rings.value) : len(rings.value) + size] = rings.value[order]
    rings.offset[sensor] = len(rings.at)
    rings.capacity[sensor] = room
    rings.head[sensor] = size
    return rings._replace(at=new_at, value=new_value)
