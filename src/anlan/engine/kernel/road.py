"""Compiled: the road of a batch: ticks, quiet readings, and the stops for all others.

One quiet reading costs one cache line of state; everything else takes the slow road.
"""

import numba as nb

from anlan.engine.kernel.gate import (
    APPLIED,
    GOOD,
    LATE,
    SILENCE,
    STALE,
    TIMER,
    UNCERTAIN,
    WAITING,
    YEAR_2000,
    apply,
    has_room,
    set_due,
    settle,
    stale_at,
    sync,
    take,
    tell_silence,
)
from anlan.engine.kernel.levels import hold
from anlan.engine.kernel.records import (
    cursor_of,
    hot_state,
    prefetch,
    sensor_rule,
    sensor_state,
    whole_of,
)
from anlan.engine.kernel.tables import LINE
from anlan.terms.times import FOREVER, NEVER

jit = nb.njit(cache=True, nogil=True, error_model="numpy")

NO_TICKS, OWN_TICKS, GIVEN_TICKS = 0, 1, 2
AHEAD = 24  # rows whose state is asked for in advance: memory answers in some 100 ns
DONE, FULL, GROW, STOPPED = 0, 1, 2, 3


@jit
def hold_all(P, S, out, s, tick):
    """The hold timers of every rule that hears the sensor."""
    gate = sensor_rule(P.sensor, s)
    if gate.holds:
        for k in range(gate.asks_from, gate.asks_to):
            hold(P, S, out, whole_of(P.asks, k).x, tick)


@jit
def tick_held(P, S, out, s, tick):
    """Applies a held reading whose wait is over."""
    sensor = sensor_state(S.sensor, s)
    if sensor.held_t == NEVER or tick - sensor.held_t < sensor_rule(P.sensor, s).confirm_ms:
        return
    th = sensor.held_t
    sensor.held_t = NEVER
    apply(P, S, out, -1, s, th, sensor.held_v, UNCERTAIN, tick)
    set_due(P, S, s)
    settle(P, S, s)


@jit
def tick_timers(P, S, out, s, tick):
    """Ends the hold delays that are over."""
    sync(P, S, s)
    hold_all(P, S, out, s, tick)
    set_due(P, S, s)
    settle(P, S, s)


@jit
def tick_silence(P, S, out, s, tick):
    """Tells that one sensor fell silent."""
    sync(P, S, s)
    sensor = sensor_state(S.sensor, s)
    sensor.stale = 1
    tell_silence(P, S, out, -1, s, tick, STALE)
    settle(P, S, s)


@jit
def due_next(S):
    """No tick before this has anything to do."""
    return min(whole_of(S.next_due, TIMER).x, whole_of(S.next_due, SILENCE).x)


@jit
def run_timers(P, S, out, tick, margin):
    """The first two passes of a tick: over all sensors held readings, then hold delays."""
    cursor = cursor_of(out.cursor, 0)
    next_due = whole_of(S.next_due, TIMER)
    if cursor.sensor == 0:
        next_due.x = FOREVER
    for k in range(cursor.sensor, 2 * P.sensors):
        s = k if k < P.sensors else k - P.sensors
        timer = whole_of(S.timer, s)
        if timer.x <= tick:
            if cursor.written + margin > cursor.room:
                cursor.sensor = k
                next_due.x = min(next_due.x, timer.x)  # the tick is due until it is done
                return False
            if k < P.sensors:
                tick_held(P, S, out, s, tick)
            else:
                tick_timers(P, S, out, s, tick)
        if k >= P.sensors:
            next_due.x = min(next_due.x, timer.x)
    cursor.sensor = 2 * P.sensors
    return True


@jit
def run_silence(P, S, out, tick, margin):
    """The last pass of a tick: over all sensors, those that fell silent."""
    cursor = cursor_of(out.cursor, 0)
    next_due = whole_of(S.next_due, SILENCE)
    if cursor.sensor == 2 * P.sensors:
        next_due.x = FOREVER
    for s in range(cursor.sensor - 2 * P.sensors, P.sensors):
        silence = whole_of(S.silence, s)
        if silence.x <= tick:
            if cursor.written + margin > cursor.room:
                cursor.sensor = 2 * P.sensors + s
                next_due.x = min(next_due.x, silence.x)
                return False
            due = stale_at(P, S, s)
            if due <= tick:
                tick_silence(P, S, out, s, tick)
                due = FOREVER
            silence.x = due
        next_due.x = min(next_due.x, silence.x)
    return True


@jit
def run_tick(P, S, out, tick, margin):
    """One tick: held readings, hold delays, silence, each over all sensors.

    False when the output is full and it must go on later; the cursor counts the three passes.
    """
    cursor = cursor_of(out.cursor, 0)
    if cursor.sensor < 0:
        if tick < due_next(S):
            return True
        cursor.sensor = 0 if tick >= whole_of(S.next_due, TIMER).x else 2 * P.sensors
    if cursor.sensor < 2 * P.sensors and not run_timers(P, S, out, tick, margin):
        return False
    is_due = cursor.sensor > 2 * P.sensors or tick >= whole_of(S.next_due, SILENCE).x
    if is_due and not run_silence(P, S, out, tick, margin):
        return False
    cursor.sensor = -1
    return True


@jit
def run_given(P, S, out, ticks, until, margin):
    """All given ticks up to `until`, skipping those before anything is due."""
    cursor = cursor_of(out.cursor, 0)
    n = ticks.shape[0]
    k = cursor.ticks
    while k < n and ticks[k] <= until:
        if cursor.sensor < 0 and ticks[k] < due_next(S):
            # no further than `until`: a later reading may make something due before that
            target = min(due_next(S), until + 1)
            lo, hi = k, n
            while lo < hi:
                mid = (lo + hi) // 2
                if ticks[mid] < target:
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
    newest_tick = cursor.tick
    n = sensor.shape[0]
    for i in range(cursor.row, n):
        if i + AHEAD < n:
            prefetch(S.hot + LINE * nb.int64(sensor[i + AHEAD]))
        t = time[i]
        r = received[i]
        if mode != NO_TICKS:
            now = t if r == NEVER else r
            if mode == GIVEN_TICKS or now > newest_tick:
                is_due = mode == GIVEN_TICKS or now >= due_next(S)
                if is_due and not tick_before(P, S, out, now, mode, ticks, margin):
                    cursor.row = i
                    return FULL
                newest_tick = now
                cursor.tick = now
        v = value[i]
        s = nb.int64(sensor[i])
        hot = hot_state(S.hot, s)
        if (
            hot.quiet_lo < v < hot.quiet_hi
            and hot.course_t < t < hot.quiet_to
            and abs(v - hot.course_v) <= hot.calm_rate * (t - hot.course_t)
            and quality[i] == GOOD
            and (r == NEVER or (t <= r + skew and t >= YEAR_2000))
            and (hot.loud_n < WAITING or t - hot.course_t <= sensor_rule(P.sensor, s).max_gap_ms)
        ):
            hot.course_t = t
            hot.course_v = v
            if hot.loud_n >= 0:
                hot.loud_n += 1
                hot.loud_lo = min(hot.loud_lo, v)
                hot.loud_hi = max(hot.loud_hi, v)
            verdicts[i] = APPLIED
            continue
        q = nb.int64(quality[i])
        status = take_row(P, S, out, i, s, t, v, q, r, margin, verdicts)
        if status != DONE:
            cursor.row = i
            return status
    cursor.row = n
    if mode == GIVEN_TICKS and not run_given(P, S, out, ticks, FOREVER, margin):
        return FULL
    return DONE
