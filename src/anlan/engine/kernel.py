"""Compiled: the road of a reading: gate, levels, ticks.

One quiet reading costs one cache line of state (`hot`); everything else takes the slow road.
"""

import math

import numba as nb

from anlan.engine.kernel_levels import (
    ask,
    emit,
    hold,
    hold_due,
    level_of,
    prove,
    segment_at,
)
from anlan.engine.tables import (
    ABSENT,
    ACCEPT,
    C_GROW,
    C_OUT,
    C_ROW,
    C_SENSOR,
    C_TICK,
    C_TICKS,
    CALM_RATE,
    CONFIRM,
    CONFIRM_MS,
    COURSE_T,
    COURSE_V,
    FLAT_BY,
    FLAT_MS,
    FROM,
    HIGH,
    IS_LOW,
    LOW,
    POLICY,
    PROGRAM,
    QUIET_HI,
    QUIET_LO,
    QUIET_TO,
    RATE_H,
    SIMPLE,
    SKEW_MS,
    STALE_MS,
    THRESHOLD,
    TO,
)
from anlan.terms.changes import Kind
from anlan.terms.quality import Quality, Verdict
from anlan.terms.times import FOREVER, NEVER

jit = nb.njit(cache=True, nogil=True, error_model="numpy")

STALE, FRESH = int(Kind.STALE), int(Kind.FRESH)
GOOD, UNCERTAIN, BAD = int(Quality.GOOD), int(Quality.UNCERTAIN), int(Quality.BAD)
APPLIED, UNKNOWN, HELD = int(Verdict.APPLIED), int(Verdict.UNKNOWN), int(Verdict.HELD)
DROPPED, RANGE, LATE = int(Verdict.DROPPED), int(Verdict.RANGE), int(Verdict.LATE)
DUPLICATE, CONFLICT = int(Verdict.DUPLICATE), int(Verdict.CONFLICT)
BAD_TIME, NOT_FINITE = int(Verdict.BAD_TIME), int(Verdict.NOT_FINITE)
YEAR_2000 = 946_684_800_000
HOUR_MS = 3_600_000.0

NO_TICKS, OWN_TICKS, GIVEN_TICKS = 0, 1, 2
DONE, FULL, GROW, STOPPED = 0, 1, 2, 3


@jit
def is_plausible(P, s, t, v, t0, v0):
    """Whether v at t can follow v0 at t0."""
    return abs(v - v0) <= P.sensor_f[s, RATE_H] * (t - t0) / HOUR_MS


@jit
def push(R, s, t, v):
    """Adds a known reading to the sensor's ring; False when the ring must grow first."""
    keep = R.keep_ms[s]
    if keep < 0:
        return True
    size = R.capacity[s]
    start = R.offset[s]
    head = R.head[s]
    if R.length[s] == size:
        if R.at[start + head % size] > t - keep:
            return False
    else:
        R.length[s] += 1
    R.at[start + head % size] = t
    R.value[start + head % size] = v
    R.head[s] = (head + 1) % size
    return True


@jit
def has_room(R, s, t, needed):
    """Whether the ring takes `needed` more readings without losing one that counts."""
    keep = R.keep_ms[s]
    if keep < 0:
        return True
    size = R.capacity[s]
    length = R.length[s]
    free = size - length
    oldest = R.head[s] - length + size
    j = 0
    while free < needed and j < min(needed, length):
        if R.at[R.offset[s] + (oldest + j) % size] <= t - keep:
            free += 1
        j += 1
    return free >= needed


@jit
def settle(P, S, s):
    """Computes the band within which the sensor's next readings change nothing."""
    hot = S.hot
    hot[s, QUIET_LO] = math.inf
    hot[s, QUIET_HI] = -math.inf
    if P.sensor_i[s, SIMPLE] == 0 or S.held_t[s] != NEVER or S.stale[s] or S.unknown[s]:
        return
    if S.newest_t[s] != hot[s, COURSE_T]:
        return
    t = S.newest_t[s]
    lo = P.sensor_f[s, LOW]
    hi = P.sensor_f[s, HIGH]
    until = FOREVER
    for k in range(P.asks_ptr[s], P.asks_ptr[s + 1]):
        m = P.asks[k]
        if S.standing[m] or S.told_stale[m]:
            return
        for c in range(4 * m, 4 * m + 4):
            if P.cond_i[c, PROGRAM] == ABSENT:
                continue
            if S.on_t[c] != NEVER or S.memory[c] != 0 or S.count[c] != 0:
                return
            seg = segment_at(P, c, t)
            if seg >= 0:
                until = min(until, P.seg_i[seg, TO])
                if P.seg_i[seg, IS_LOW] == 1:
                    lo = max(lo, P.seg_f[seg, THRESHOLD])
                else:
                    hi = min(hi, P.seg_f[seg, THRESHOLD])
            else:
                for j in range(P.seg_ptr[c], P.seg_ptr[c + 1]):
                    if P.seg_i[j, FROM] > t:
                        until = min(until, P.seg_i[j, FROM])
                        break
    hot[s, QUIET_LO] = lo
    hot[s, QUIET_HI] = hi
    hot[s, QUIET_TO] = until


@jit
def sync(S, s):
    """After quiet readings only the course moved; brings the rest along."""
    if S.hot[s, QUIET_LO] < S.hot[s, QUIET_HI]:
        t = int(S.hot[s, COURSE_T])
        S.newest_t[s] = t
        S.newest_v[s] = S.hot[s, COURSE_V]
        S.heard_t[s] = t


@jit
def is_limited(P, m, t):
    """Whether the instance has a limit in force at t."""
    for c in range(4 * m, 4 * m + 4):
        if P.cond_i[c, PROGRAM] != ABSENT and segment_at(P, c, t) >= 0:
            return True
    return False


@jit
def tell_silence(P, S, out, row, s, at, kind):
    """Stale or fresh for every rule that hears the sensor."""
    for k in range(P.asks_ptr[s], P.asks_ptr[s + 1]):
        m = P.asks[k]
        if kind == STALE:
            S.silent[m] += 1
            if S.told_stale[m] or not is_limited(P, m, at):
                continue
            S.told_stale[m] = 1
        else:
            S.silent[m] -= 1
            if S.silent[m] > 0 or not S.told_stale[m]:
                continue
            S.told_stale[m] = 0
        level = level_of(S.standing[m])
        j = emit(out, row, m, kind, level, level, at)
        prove(P, S, out, j, level, at, 0)


@jit
def mark_flat(P, S, s, t, v, quality):
    """The quality after the flat-line check."""
    flat_ms = S.hot[s, FLAT_MS]
    if flat_ms <= 0:
        return quality
    if S.flat_t[s] == NEVER or abs(v - S.flat_v[s]) > P.sensor_f[s, FLAT_BY]:
        S.flat_t[s] = t
        S.flat_v[s] = v
        return quality
    return UNCERTAIN if t - S.flat_t[s] >= flat_ms else quality


@jit
def set_due(P, S, s):
    """Notes the next timer of a sensor."""
    due = FOREVER
    if S.held_t[s] != NEVER:
        due = S.held_t[s] + P.sensor_i[s, CONFIRM_MS]
    S.due[s] = due


@jit
def apply(P, S, R, out, row, s, t, v, quality, at):
    """A known reading becomes the sensor's course and its rules are asked."""
    quality = mark_flat(P, S, s, t, v, quality)
    S.hot[s, COURSE_T] = t
    S.hot[s, COURSE_V] = v
    S.unknown[s] = 0
    push(R, s, t, v)
    if S.stale[s]:
        S.stale[s] = 0
        tell_silence(P, S, out, row, s, at, FRESH)
    for k in range(P.asks_ptr[s], P.asks_ptr[s + 1]):
        ask(P, S, R, out, row, P.asks[k], t, v, at, quality)


@jit
def ask_unknown(P, S, R, out, row, s, t):
    """An unknown reading: object rules may still be decided by their other inputs."""
    S.unknown[s] = 1
    for k in range(P.asks_ptr[s], P.asks_ptr[s + 1]):
        m = P.asks[k]
        if P.is_object[m]:
            ask(P, S, R, out, row, m, t, math.nan, t, UNCERTAIN)


@jit
def decide_held(P, S, R, out, row, s, t, v):
    """Confirms, drops or doubts the held reading by the next one."""
    vh = S.held_v[s]
    th = S.held_t[s]
    v0 = S.hot[s, COURSE_V]
    t0 = int(S.hot[s, COURSE_T])
    quality = int(S.held_q[s])
    beyond = (v - vh) * (vh - v0) >= 0.0
    back = abs(v - v0) < abs(v - vh) and is_plausible(P, s, t, v, t0, v0)
    S.held_t[s] = NEVER
    if not beyond:
        if back:
            return
        if not is_plausible(P, s, t, v, th, vh):
            quality = UNCERTAIN
    apply(P, S, R, out, row, s, th, vh, quality, t)


@jit
def take_known(P, S, R, out, row, s, t, v, q):
    """Spike gate and application of a known reading; gives its verdict."""
    S.heard_t[s] = t
    policy = P.sensor_i[s, POLICY]
    if S.held_t[s] != NEVER:
        decide_held(P, S, R, out, row, s, t, v)
    verdict = APPLIED
    t0 = int(S.hot[s, COURSE_T])
    if policy != ACCEPT and t0 != NEVER:
        if not is_plausible(P, s, t, v, t0, S.hot[s, COURSE_V]):
            if policy == CONFIRM:
                S.held_t[s] = t
                S.held_v[s] = v
                S.held_q[s] = q
                verdict = HELD
            else:
                verdict = DROPPED
    if verdict == APPLIED:
        apply(P, S, R, out, row, s, t, v, q, t)
    S.next_due[0] = min(S.next_due[0], t + P.sensor_i[s, STALE_MS] + 1)
    return verdict


@jit
def note_due(P, S, s):
    """After a slow reading: the sensor's timers and the earliest of all."""
    set_due(P, S, s)
    for k in range(P.asks_ptr[s], P.asks_ptr[s + 1]):
        S.due[s] = min(S.due[s], next_hold(P, S, P.asks[k]))
    if S.due[s] < S.next_due[0]:
        S.next_due[0] = S.due[s]


@jit
def next_hold(P, S, m):
    """When a tick may move a hold-mode condition of the instance."""
    due = FOREVER
    for level in range(4):
        due = min(due, hold_due(P, S, m, 4 * m + level, nb.uint8(1 << level)))
    return due


@jit
def take(P, S, R, out, row, s, t, v, q, r):
    """The slow road of one reading; gives its verdict."""
    if math.isinf(v):
        return NOT_FINITE
    if r != NEVER and (t > r + P.sensor_i[s, SKEW_MS] or (t < YEAR_2000 and r >= YEAR_2000)):
        return BAD_TIME
    sync(S, s)
    newest = S.newest_t[s]
    if t == newest:
        same = v == S.newest_v[s] or (v != v and S.newest_v[s] != S.newest_v[s])
        return DUPLICATE if same else CONFLICT
    if t < newest:
        return LATE
    S.newest_t[s] = t
    S.newest_v[s] = v
    if q >= BAD or v != v:
        verdict = UNKNOWN
        ask_unknown(P, S, R, out, row, s, t)
    elif v < P.sensor_f[s, LOW] or v > P.sensor_f[s, HIGH]:
        verdict = RANGE
        ask_unknown(P, S, R, out, row, s, t)
    else:
        verdict = take_known(P, S, R, out, row, s, t, v, q)
    note_due(P, S, s)
    settle(P, S, s)
    return verdict


@jit
def tick_sensor(P, S, R, out, s, tick):
    """What a tick makes due at one sensor."""
    if S.due[s] <= tick:
        if S.held_t[s] != NEVER and tick - S.held_t[s] >= P.sensor_i[s, CONFIRM_MS]:
            th = S.held_t[s]
            S.held_t[s] = NEVER
            apply(P, S, R, out, -1, s, th, S.held_v[s], UNCERTAIN, tick)
        set_due(P, S, s)
        for k in range(P.asks_ptr[s], P.asks_ptr[s + 1]):
            due = hold(P, S, out, P.asks[k], tick, S.hot[s, COURSE_V])
            S.due[s] = min(S.due[s], due)
        settle(P, S, s)
    if not S.stale[s]:
        heard = S.heard_t[s]
        if S.hot[s, QUIET_LO] < S.hot[s, QUIET_HI]:
            heard = int(S.hot[s, COURSE_T])
        if heard != NEVER and tick - heard > P.sensor_i[s, STALE_MS]:
            sync(S, s)
            S.stale[s] = 1
            tell_silence(P, S, out, -1, s, tick, STALE)
            settle(P, S, s)


@jit
def is_due(P, S, s, tick):
    """Whether the tick concerns the sensor at all; cheap."""
    if S.due[s] <= tick:
        return True
    if S.stale[s]:
        return False
    heard = S.heard_t[s]
    if S.hot[s, QUIET_LO] < S.hot[s, QUIET_HI]:
        heard = int(S.hot[s, COURSE_T])
    return heard != NEVER and tick - heard > P.sensor_i[s, STALE_MS]


@jit
def due_of(P, S, s):
    """When a tick may next concern the sensor."""
    due = S.due[s]
    if not S.stale[s]:
        heard = S.heard_t[s]
        if S.hot[s, QUIET_LO] < S.hot[s, QUIET_HI]:
            heard = int(S.hot[s, COURSE_T])
        if heard != NEVER:
            due = min(due, heard + P.sensor_i[s, STALE_MS] + 1)
    return due


@jit
def run_tick(P, S, R, out, tick, margin):
    """One tick over all sensors; False when the output is full and it must go on later."""
    cursor = out.cursor
    if cursor[C_SENSOR] < 0:
        if tick < S.next_due[0]:
            return True
        cursor[C_SENSOR] = 0
        S.next_due[0] = FOREVER
    for s in range(cursor[C_SENSOR], P.sensor_i.shape[0]):
        if is_due(P, S, s, tick):
            if cursor[C_OUT] + margin > out.whole.shape[0]:
                cursor[C_SENSOR] = s
                return False
            tick_sensor(P, S, R, out, s, tick)
        due = due_of(P, S, s)
        if due < S.next_due[0]:
            S.next_due[0] = due
    cursor[C_SENSOR] = -1
    return True


@jit
def run_given(P, S, R, out, ticks, until, margin):
    """All given ticks up to `until`, skipping those before anything is due."""
    cursor = out.cursor
    n = ticks.shape[0]
    k = cursor[C_TICKS]
    while k < n and ticks[k] <= until:
        if cursor[C_SENSOR] < 0 and ticks[k] < S.next_due[0]:
            lo, hi = k, n
            while lo < hi:
                mid = (lo + hi) // 2
                if ticks[mid] < S.next_due[0]:
                    lo = mid + 1
                else:
                    hi = mid
            k = lo
            continue
        if not run_tick(P, S, R, out, ticks[k], margin):
            cursor[C_TICKS] = k
            return False
        k += 1
    cursor[C_TICKS] = k
    return True


@jit
def drive(P, S, R, sensor, time, value, quality, received, mode, ticks, margin, out):
    """Runs rows from the cursor on; stops DONE, FULL (drain the output),
    GROW (a ring) or STOPPED (the row at the cursor is late: it wants the history).

    mode: NO_TICKS, OWN_TICKS (one before each new time of received, else time), GIVEN_TICKS.
    """
    cursor = out.cursor
    hot = S.hot
    skew = P.scalars[0]
    for i in range(cursor[C_ROW], sensor.shape[0]):
        s = sensor[i]
        t = time[i]
        r = received[i]
        if mode != NO_TICKS:
            now = t if r == NEVER else r
            if mode == OWN_TICKS:
                if now > cursor[C_TICK]:
                    if now >= S.next_due[0] and not run_tick(P, S, R, out, now, margin):
                        cursor[C_ROW] = i
                        return FULL
                    cursor[C_TICK] = now
            elif not run_given(P, S, R, out, ticks, now, margin):
                cursor[C_ROW] = i
                return FULL
        v = value[i]
        if (
            hot[s, QUIET_LO] < v < hot[s, QUIET_HI]
            and hot[s, COURSE_T] < t < hot[s, QUIET_TO]
            and abs(v - hot[s, COURSE_V]) <= hot[s, CALM_RATE] * (t - hot[s, COURSE_T])
            and quality[i] < BAD
            and (r == NEVER or (t <= r + skew and t >= YEAR_2000))
            and hot[s, FLAT_MS] == 0.0
        ):
            hot[s, COURSE_T] = t
            hot[s, COURSE_V] = v
            out.verdict[i] = APPLIED
            continue
        if cursor[C_OUT] + margin > out.whole.shape[0]:
            cursor[C_ROW] = i
            return FULL
        if not has_room(R, s, t, 2):
            cursor[C_ROW] = i
            cursor[C_GROW] = s
            return GROW
        verdict = take(P, S, R, out, i, s, t, v, quality[i], r)
        out.verdict[i] = verdict
        if verdict == LATE:
            cursor[C_ROW] = i
            return STOPPED
    cursor[C_ROW] = sensor.shape[0]
    if mode == GIVEN_TICKS and not run_given(P, S, R, out, ticks, FOREVER, margin):
        return FULL
    return DONE


@jit
def refresh(P, S, s):
    """Computes a sensor's band and timers anew, after its state was put in from outside."""
    settle(P, S, s)
    note_due(P, S, s)
    S.next_due[0] = min(S.next_due[0], due_of(P, S, s))


@jit
def settle_all(P, S):
    """The same for every sensor."""
    for s in range(P.sensor_i.shape[0]):
        refresh(P, S, s)


def warm() -> None:
    """Compiles the kernels into Numba's cache by running one reading and one tick."""
    import numpy as np

    from anlan.engine.engine import Engine
    from anlan.engine.plan import compile_plan
    from anlan.terms.readings import Batch
    from anlan.terms.sensors import Sensor

    engine = Engine(compile_plan([Sensor(key="warm", quantity="none", object="warm")], [], []))
    now = np.array([YEAR_2000], np.int64)
    engine.apply(
        Batch(np.zeros(1, np.int32), now, np.zeros(1), np.zeros(1, np.uint8), now),
        inline_ticks=True,
    )
    engine.tick(YEAR_2000 + 1)
