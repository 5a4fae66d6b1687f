"""Compiled: the road of a reading: gate, levels, ticks.

One quiet reading costs one cache line of state (`hot`); everything else takes the slow road.
"""

import math

import numba as nb

from anlan.engine.kernel_levels import (
    ask,
    emit,
    hold,
    level_of,
    next_hold,
    prove,
    segment_at,
)
from anlan.engine.kernel_memory import (
    condition_rule,
    condition_state,
    cursor_of,
    instance_rule,
    instance_state,
    real_of,
    segment_of,
    sensor_rule,
    sensor_state,
    whole_of,
)
from anlan.engine.tables import ABSENT, ACCEPT, CONFIRM
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
def is_plausible(rate_h, t, v, t0, v0):
    """Whether v at t can follow v0 at t0."""
    return abs(v - v0) <= rate_h * (t - t0) / HOUR_MS


@jit
def push(S, keep_ms, ring, t, v):
    """Adds a known reading to a sensor's ring; has_room was asked before."""
    if keep_ms < 0:
        return
    if ring.ring_n < ring.ring_size:
        ring.ring_n += 1
    place = whole_of(S.ring_at, ring.ring_from + ring.ring_head)
    place.x = t
    cell = real_of(S.ring_value, ring.ring_from + ring.ring_head)
    cell.x = v
    ring.ring_head = (ring.ring_head + 1) % ring.ring_size


@jit
def has_room(S, keep_ms, ring, t, needed):
    """Whether the ring takes `needed` more readings without losing one that counts."""
    if keep_ms < 0:
        return True
    free = ring.ring_size - ring.ring_n
    oldest = ring.ring_head - ring.ring_n + ring.ring_size
    for j in range(min(needed, ring.ring_n)):
        if free >= needed:
            break
        if whole_of(S.ring_at, ring.ring_from + (oldest + j) % ring.ring_size).x <= t - keep_ms:
            free += 1
    return free >= needed


@jit
def settle(P, S, s):
    """Computes the band within which the sensor's next readings change nothing."""
    sensor = sensor_state(S.sensor, s)
    gate = sensor_rule(P.sensor, s)
    sensor.quiet_lo = math.inf
    sensor.quiet_hi = -math.inf
    if not gate.simple or sensor.held_t != NEVER or sensor.stale or sensor.unknown:
        return
    if sensor.newest_t != sensor.course_t:
        return
    t = sensor.newest_t
    lo = gate.low
    hi = gate.high
    until = FOREVER
    for k in range(gate.asks_from, gate.asks_to):
        m = whole_of(P.asks, k).x
        if instance_state(S.instance, m).standing or instance_state(S.instance, m).told_stale:
            return
        for c in range(4 * m, 4 * m + 4):
            rule = condition_rule(P.condition, c)
            if rule.program == ABSENT:
                continue
            state = condition_state(S.condition, c)
            if state.on_t != NEVER or state.memory != 0 or state.count != 0:
                return
            seg = segment_at(P, c, t)
            if seg >= 0:
                segment = segment_of(P.segment, seg)
                until = min(until, segment.end)
                if segment.is_low == 1:
                    lo = max(lo, segment.threshold)
                else:
                    hi = min(hi, segment.threshold)
            else:
                for j in range(rule.seg_from, rule.seg_to):
                    if segment_of(P.segment, j).start > t:
                        until = min(until, segment_of(P.segment, j).start)
                        break
    sensor.quiet_lo = lo
    sensor.quiet_hi = hi
    sensor.quiet_to = until


@jit
def is_quiet(sensor):
    return sensor.quiet_lo < sensor.quiet_hi


@jit
def sync(sensor):
    """After quiet readings only the course moved; brings the rest along."""
    if is_quiet(sensor):
        sensor.newest_t = sensor.course_t
        sensor.newest_v = sensor.course_v
        sensor.heard_t = sensor.course_t


@jit
def is_limited(P, m, t):
    """Whether the instance has a limit in force at t."""
    for c in range(4 * m, 4 * m + 4):
        if condition_rule(P.condition, c).program != ABSENT and segment_at(P, c, t) >= 0:
            return True
    return False


@jit
def tell_silence(P, S, out, row, s, at, kind):
    """Stale or fresh for every rule that hears the sensor."""
    for k in range(sensor_rule(P.sensor, s).asks_from, sensor_rule(P.sensor, s).asks_to):
        m = whole_of(P.asks, k).x
        whole = instance_state(S.instance, m)
        if kind == STALE:
            whole.silent += 1
            if whole.told_stale or not is_limited(P, m, at):
                continue
            whole.told_stale = 1
        else:
            whole.silent -= 1
            if whole.silent > 0 or not whole.told_stale:
                continue
            whole.told_stale = 0
        level = level_of(whole.standing)
        change = emit(out, row, m, kind, level, level, at)
        prove(P, S, change, level, NEVER, sensor_state(S.sensor, s).quality)


@jit
def mark_flat(sensor, flat_by, t, v, quality):
    """The quality after the flat-line check."""
    if sensor.flat_ms <= 0:
        return quality
    if sensor.flat_t == NEVER or abs(v - sensor.flat_v) > flat_by:
        sensor.flat_t = t
        sensor.flat_v = v
        return quality
    return UNCERTAIN if t - sensor.flat_t >= sensor.flat_ms else quality


@jit
def apply(P, S, out, row, s, t, v, quality, at):
    """A known reading becomes the sensor's course and its rules are asked."""
    sensor = sensor_state(S.sensor, s)
    gate = sensor_rule(P.sensor, s)
    quality = mark_flat(sensor, gate.flat_by, t, v, quality)
    sensor.course_t = t
    sensor.course_v = v
    sensor.quality = quality
    sensor.unknown = 0
    push(S, gate.keep_ms, sensor, t, v)
    if sensor.stale:
        sensor.stale = 0
        tell_silence(P, S, out, row, s, at, FRESH)
    for k in range(gate.asks_from, gate.asks_to):
        ask(P, S, out, row, whole_of(P.asks, k).x, t, v, at, quality)


@jit
def ask_unknown(P, S, out, row, s, t):
    """An unknown reading: object rules may still be decided by their other inputs."""
    sensor = sensor_state(S.sensor, s)
    sensor.unknown = 1
    for k in range(sensor_rule(P.sensor, s).asks_from, sensor_rule(P.sensor, s).asks_to):
        m = whole_of(P.asks, k).x
        if instance_rule(P.instance, m).is_object:
            ask(P, S, out, row, m, t, math.nan, t, UNCERTAIN)


@jit
def decide_held(P, S, out, row, s, t, v):
    """Confirms, drops or doubts the held reading by the next one."""
    sensor = sensor_state(S.sensor, s)
    rate_h = sensor_rule(P.sensor, s).rate_h
    vh = sensor.held_v
    th = sensor.held_t
    v0 = sensor.course_v
    quality = sensor.held_q
    back = abs(v - v0) < abs(v - vh) and is_plausible(rate_h, t, v, sensor.course_t, v0)
    sensor.held_t = NEVER
    if (v - vh) * (vh - v0) < 0.0:
        if back:
            return
        if not is_plausible(rate_h, t, v, th, vh):
            quality = UNCERTAIN
    apply(P, S, out, row, s, th, vh, quality, t)


@jit
def take_known(P, S, out, row, s, t, v, q):
    """Spike gate and application of a known reading; gives its verdict."""
    sensor = sensor_state(S.sensor, s)
    gate = sensor_rule(P.sensor, s)
    sensor.heard_t = t
    if sensor.held_t != NEVER:
        decide_held(P, S, out, row, s, t, v)
    verdict = APPLIED
    if gate.policy != ACCEPT and sensor.course_t != NEVER:
        if not is_plausible(gate.rate_h, t, v, sensor.course_t, sensor.course_v):
            if gate.policy == CONFIRM:
                sensor.held_t = t
                sensor.held_v = v
                sensor.held_q = q
                verdict = HELD
            else:
                verdict = DROPPED
    if verdict == APPLIED:
        apply(P, S, out, row, s, t, v, q, t)
    next_due = whole_of(S.next_due, 0)
    next_due.x = min(next_due.x, t + gate.stale_ms + 1)
    return verdict


@jit
def set_due(P, S, s):
    """Notes the sensor's next timer and the earliest of all."""
    sensor = sensor_state(S.sensor, s)
    gate = sensor_rule(P.sensor, s)
    due = FOREVER
    if sensor.held_t != NEVER:
        due = sensor.held_t + gate.confirm_ms
    for k in range(gate.asks_from, gate.asks_to):
        due = min(due, next_hold(P, S, whole_of(P.asks, k).x))
    sensor.due = due
    next_due = whole_of(S.next_due, 0)
    next_due.x = min(next_due.x, due)


@jit
def take(P, S, out, row, s, t, v, q, r):
    """The slow road of one reading; gives its verdict."""
    sensor = sensor_state(S.sensor, s)
    gate = sensor_rule(P.sensor, s)
    if math.isinf(v):
        return NOT_FINITE
    if r != NEVER and (t > r + gate.skew_ms or (t < YEAR_2000 and r >= YEAR_2000)):
        return BAD_TIME
    sync(sensor)
    newest = sensor.newest_t
    if t == newest:
        same = v == sensor.newest_v or (v != v and sensor.newest_v != sensor.newest_v)
        return DUPLICATE if same else CONFLICT
    if t < newest:
        return LATE
    sensor.newest_t = t
    sensor.newest_v = v
    if q >= BAD or v != v:
        verdict = UNKNOWN
        ask_unknown(P, S, out, row, s, t)
    elif v < gate.low or v > gate.high:
        verdict = RANGE
        ask_unknown(P, S, out, row, s, t)
    else:
        verdict = take_known(P, S, out, row, s, t, v, q)
    set_due(P, S, s)
    settle(P, S, s)
    return verdict


@jit
def stale_at(sensor, stale_ms):
    """When the sensor's silence is told, FOREVER when it is told or was never heard."""
    if sensor.stale:
        return FOREVER
    heard = sensor.course_t if is_quiet(sensor) else sensor.heard_t
    return heard + stale_ms + 1 if heard != NEVER else FOREVER


@jit
def tick_sensor(P, S, out, s, tick):
    """What a tick makes due at one sensor."""
    sensor = sensor_state(S.sensor, s)
    gate = sensor_rule(P.sensor, s)
    if sensor.due <= tick:
        sync(sensor)
        if sensor.held_t != NEVER and tick - sensor.held_t >= gate.confirm_ms:
            th = sensor.held_t
            sensor.held_t = NEVER
            apply(P, S, out, -1, s, th, sensor.held_v, UNCERTAIN, tick)
        for k in range(gate.asks_from, gate.asks_to):
            hold(P, S, out, whole_of(P.asks, k).x, tick, sensor.course_v, sensor.quality)
        set_due(P, S, s)
        settle(P, S, s)
    if stale_at(sensor, gate.stale_ms) <= tick:
        sync(sensor)
        sensor.stale = 1
        tell_silence(P, S, out, -1, s, tick, STALE)
        settle(P, S, s)


@jit
def run_tick(P, S, out, tick, margin):
    """One tick over all sensors; False when the output is full and it must go on later."""
    cursor = cursor_of(out.cursor, 0)
    next_due = whole_of(S.next_due, 0)
    if cursor.sensor < 0:
        if tick < next_due.x:
            return True
        cursor.sensor = 0
        next_due.x = FOREVER
    for s in range(cursor.sensor, P.sensors):
        sensor = sensor_state(S.sensor, s)
        stale_ms = sensor_rule(P.sensor, s).stale_ms
        due = min(sensor.due, stale_at(sensor, stale_ms))
        if due <= tick:
            if cursor.written + margin > cursor.room:
                cursor.sensor = s
                return False
            tick_sensor(P, S, out, s, tick)
            due = min(sensor.due, stale_at(sensor, stale_ms))
        if due < next_due.x:
            next_due.x = due
    cursor.sensor = -1
    return True


@jit
def run_given(P, S, out, ticks, until, margin):
    """All given ticks up to `until`, skipping those before anything is due."""
    cursor = cursor_of(out.cursor, 0)
    next_due = whole_of(S.next_due, 0)
    n = ticks.shape[0]
    k = cursor.ticks
    while k < n and ticks[k] <= until:
        if cursor.sensor < 0 and ticks[k] < next_due.x:
            lo, hi = k, n
            while lo < hi:
                mid = (lo + hi) // 2
                if ticks[mid] < next_due.x:
                    lo = mid + 1
                else:
                    hi = mid
            k = lo
            continue
        if not run_tick(P, S, out, ticks[k], margin):
            cursor.ticks = k
            return False
        k += 1
    cursor.ticks = k
    return True


@jit
def tick_before(P, S, out, now, mode, ticks, margin):
    """The ticks that come before a reading at `now`; False when the output is full."""
    if mode == OWN_TICKS:
        return run_tick(P, S, out, now, margin)
    return run_given(P, S, out, ticks, now, margin)


@jit
def take_row(P, S, out, row, s, t, v, q, r, margin, verdicts):
    """The slow road with its stops: room for changes, room in the ring, a late reading."""
    cursor = cursor_of(out.cursor, 0)
    if cursor.written + margin > cursor.room:
        return FULL
    if not has_room(S, sensor_rule(P.sensor, s).keep_ms, sensor_state(S.sensor, s), t, 2):
        cursor.grow = s
        return GROW
    verdict = take(P, S, out, row, s, t, v, q, r)
    verdicts[row] = verdict
    return STOPPED if verdict == LATE else DONE


@jit
def drive(P, S, out, sensor, time, value, quality, received, mode, ticks, limits, verdicts):
    """Runs rows from the cursor on.

    Stops DONE, FULL (drain the output), GROW (a ring) or STOPPED (the row at the cursor is
    late: it wants the history). mode: NO_TICKS, OWN_TICKS (one before each new time of
    received, else time), GIVEN_TICKS. limits: (margin, smallest skew ms).
    """
    margin, skew = limits
    cursor = cursor_of(out.cursor, 0)
    next_due = whole_of(S.next_due, 0)
    newest_tick = cursor.tick
    for i in range(cursor.row, sensor.shape[0]):
        t = time[i]
        r = received[i]
        if mode != NO_TICKS:
            now = t if r == NEVER else r
            if mode == GIVEN_TICKS or now > newest_tick:
                if mode == GIVEN_TICKS or now >= next_due.x:
                    if not tick_before(P, S, out, now, mode, ticks, margin):
                        cursor.row = i
                        return FULL
                newest_tick = now
                cursor.tick = now
        v = value[i]
        s = nb.int64(sensor[i])
        hot = sensor_state(S.sensor, s)
        if (
            hot.quiet_lo < v < hot.quiet_hi
            and hot.course_t < t < hot.quiet_to
            and abs(v - hot.course_v) <= hot.calm_rate * (t - hot.course_t)
            and quality[i] < BAD
            and (r == NEVER or (t <= r + skew and t >= YEAR_2000))
            and hot.flat_ms == 0
        ):
            hot.course_t = t
            hot.course_v = v
            verdicts[i] = APPLIED
            continue
        q = nb.int64(quality[i])
        status = take_row(P, S, out, i, s, t, v, q, r, margin, verdicts)
        if status != DONE:
            cursor.row = i
            return status
    cursor.row = sensor.shape[0]
    if mode == GIVEN_TICKS and not run_given(P, S, out, ticks, FOREVER, margin):
        return FULL
    return DONE


@jit
def refresh(P, S, s):
    """Computes a sensor's band and timers anew, after its state was put in from outside."""
    settle(P, S, s)
    set_due(P, S, s)
    due = stale_at(sensor_state(S.sensor, s), sensor_rule(P.sensor, s).stale_ms)
    next_due = whole_of(S.next_due, 0)
    next_due.x = min(next_due.x, due)


@jit
def settle_all(P, S):
    """The same for every sensor."""
    for s in range(P.sensors):
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
