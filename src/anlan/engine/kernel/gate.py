"""Compiled: the gate of one sensor, and the band within which nothing happens."""

import math

import numba as nb

from anlan.engine.kernel.levels import ask, emit, level_of, next_hold, prove, segment_at
from anlan.engine.kernel.records import (
    condition_rule,
    condition_state,
    hot_state,
    instance_rule,
    instance_state,
    prefetch,
    real_of,
    segment_of,
    sensor_rule,
    sensor_state,
    span_of,
    whole_of,
)
from anlan.engine.kernel.tables import ACCEPT, CONFIRM, LINE
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
TIMER, SILENCE = 0, 1  # in next_due
WAITING = 1 << 30  # from here loud_n counts while a condition waits: a gap ends its delay


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
def narrow(P, S, m, t, band):
    """The band (lo, hi, until, count) narrowed by one instance; lo ≥ hi where there is none.

    Within it an idle condition stays idle, a waiting one goes on waiting until its delay ends,
    and a standing one stands. count: where `loud_n` begins.
    """
    lo, hi, until, count = band
    standing = instance_state(S.instance, m).standing
    for level in range(4):
        c = 4 * m + level
        limit = span_of(P.limit, c)
        if limit.start == limit.end:
            continue
        rule = condition_rule(P.condition, instance_rule(P.instance, m).rules + level)
        state = condition_state(S.condition, c)
        stands = standing & (1 << level) != 0
        waits = state.wait_t != NEVER
        seg = segment_at(P, c, t)
        if waits or stands:
            # an ended limit, a timer of ticks and the memory of k of n take the slow road
            is_open = seg >= 0 and not (waits and rule.holds) and (stands or rule.n == 1)
        else:
            is_open = state.memory == 0 and state.count == 0
        if not is_open:
            return math.inf, -math.inf, until, count
        if seg < 0:
            for j in range(limit.start, limit.end):
                if segment_of(P.segment, j).start > t:
                    until = min(until, segment_of(P.segment, j).start)
                    break
            continue
        segment = segment_of(P.segment, seg)
        until = min(until, segment.end)
        if waits:
            count = WAITING
        elif stands:
            count = max(count, 0)
        if waits and stands:
            until = min(until, max(state.wait_t + rule.off_ms, state.entered_t + rule.hold_ms))
        elif waits:
            until = min(until, state.wait_t + rule.on_ms)
        edge = segment.threshold
        if segment.is_low == 1:
            edge += segment.deadband if stands else 0.0
            is_below = stands != waits
        else:
            edge -= segment.deadband if stands else 0.0
            is_below = stands == waits
        if is_below:
            hi = min(hi, edge)
        else:
            lo = max(lo, edge)
    return lo, hi, until, count


@jit
def settle(P, S, s):
    """Computes the band within which the sensor's next readings change nothing.

    While a level stands or waits to stand they are still counted, in the sensor's own line,
    until `sync`.
    """
    hot = hot_state(S.hot, s)
    sensor = sensor_state(S.sensor, s)
    gate = sensor_rule(P.sensor, s)
    hot.quiet_lo = math.inf
    hot.quiet_hi = -math.inf
    hot.loud_n = -1
    if not gate.simple or gate.flat_ms or sensor.held_t != NEVER:
        return
    if sensor.stale or sensor.unknown:
        return
    if sensor.newest_t != hot.course_t:
        return
    band = (gate.low, gate.high, FOREVER, -1)
    for k in range(gate.asks_from, gate.asks_to):
        m = whole_of(P.asks, k).x
        if instance_state(S.instance, m).told_stale:
            return
        band = narrow(P, S, m, sensor.newest_t, band)
        if band[0] >= band[1]:
            return
    hot.quiet_lo, hot.quiet_hi, hot.quiet_to, hot.loud_n = band
    hot.loud_lo = math.inf
    hot.loud_hi = -math.inf


@jit
def is_quiet(hot):
    return hot.quiet_lo < hot.quiet_hi


@jit
def sync(P, S, s):
    """After quiet readings only the sensor's own line moved; brings the rest along."""
    hot = hot_state(S.hot, s)
    sensor = sensor_state(S.sensor, s)
    if not is_quiet(hot):
        return
    if sensor.newest_t == hot.course_t:
        return
    sensor.newest_t = hot.course_t
    sensor.newest_v = hot.course_v
    sensor.heard_t = hot.course_t
    sensor.quality = GOOD  # others take the slow road
    first = WAITING if hot.loud_n >= WAITING else 0
    if hot.loud_n <= first:
        return
    gate = sensor_rule(P.sensor, s)
    for k in range(gate.asks_from, gate.asks_to):
        m = whole_of(P.asks, k).x
        standing = instance_state(S.instance, m).standing
        for level in range(4):
            state = condition_state(S.condition, 4 * m + level)
            if standing & (1 << level) or state.wait_t != NEVER:
                state.count += hot.loud_n - first
                state.low = min(state.low, hot.loud_lo)
                state.high = max(state.high, hot.loud_hi)
                state.known_t = hot.course_t
    hot.loud_n = first


@jit
def is_limited(P, m, t):
    """Whether the instance has a limit in force at t."""
    for c in range(4 * m, 4 * m + 4):
        if segment_at(P, c, t) >= 0:
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
        quality = sensor_state(S.sensor, s).quality
        if kind == STALE and instance_rule(P.instance, m).is_object:
            quality = whole.quality
        prove(P, S, change, level, NEVER, quality)


@jit
def expect(S, s, due):
    """Lets the sensor's silence be looked at from `due` on."""
    silence = whole_of(S.silence, s)
    silence.x = min(silence.x, due)
    next_due = whole_of(S.next_due, SILENCE)
    next_due.x = min(next_due.x, due)


@jit
def mark_flat(sensor, gate, t, v, quality):
    """The quality after the flat-line check."""
    if gate.flat_ms <= 0:
        return quality
    if sensor.flat_t == NEVER or abs(v - sensor.flat_v) > gate.flat_by:
        sensor.flat_t = t
        sensor.flat_v = v
        return quality
    return UNCERTAIN if t - sensor.flat_t >= gate.flat_ms else quality


@jit
def apply(P, S, out, row, s, t, v, quality, at):
    """A known reading becomes the sensor's course and its rules are asked."""
    sensor = sensor_state(S.sensor, s)
    gate = sensor_rule(P.sensor, s)
    quality = mark_flat(sensor, gate, t, v, quality)
    hot = hot_state(S.hot, s)
    hot.course_t = t
    hot.course_v = v
    sensor.quality = quality
    sensor.unknown = 0
    push(S, gate.keep_ms, sensor, t, v)
    if sensor.stale:
        sensor.stale = 0
        expect(S, s, sensor.heard_t + whole_of(P.stale_ms, s).x + 1)
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
    hot = hot_state(S.hot, s)
    v0 = hot.course_v
    quality = sensor.held_q
    back = abs(v - v0) < abs(v - vh) and is_plausible(rate_h, t, v, hot.course_t, v0)
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
    hot = hot_state(S.hot, s)
    sensor.heard_t = t
    if sensor.held_t != NEVER:
        decide_held(P, S, out, row, s, t, v)
    verdict = APPLIED
    if (
        gate.policy != ACCEPT
        and hot.course_t != NEVER
        and not is_plausible(gate.rate_h, t, v, hot.course_t, hot.course_v)
    ):
        verdict = DROPPED
        if gate.policy == CONFIRM:
            sensor.held_t = t
            sensor.held_v = v
            sensor.held_q = q
            verdict = HELD
    if verdict == APPLIED:
        apply(P, S, out, row, s, t, v, q, t)
    expect(S, s, t + whole_of(P.stale_ms, s).x + 1)
    return verdict


@jit
def set_due(P, S, s):
    """Notes the sensor's next timer and the earliest of all."""
    sensor = sensor_state(S.sensor, s)
    gate = sensor_rule(P.sensor, s)
    due = FOREVER
    if sensor.held_t != NEVER:
        due = sensor.held_t + gate.confirm_ms
    if gate.holds:
        for k in range(gate.asks_from, gate.asks_to):
            due = min(due, next_hold(P, S, whole_of(P.asks, k).x))
    whole_of(S.timer, s).x = due
    next_due = whole_of(S.next_due, TIMER)
    next_due.x = min(next_due.x, due)


@jit
def fetch(P, S, s):
    """Asks at once for all that the slow road will read of a sensor and its first rule."""
    for line in range(2 * s, 2 * s + 2):
        prefetch(S.sensor + LINE * line)
    m = sensor_rule(P.sensor, s).asks_first
    if m < 0:
        return
    prefetch(P.instance + LINE * m)
    prefetch(S.instance + LINE * m)
    prefetch(P.limit + LINE * m)
    for line in range(4 * m, 4 * m + 4):
        prefetch(S.condition + LINE * line)


@jit
def take(P, S, out, row, s, t, v, q, r):
    """The slow road of one reading; gives its verdict."""
    fetch(P, S, s)
    sensor = sensor_state(S.sensor, s)
    gate = sensor_rule(P.sensor, s)
    if math.isinf(v):
        return NOT_FINITE
    if r != NEVER and (t > r + gate.skew_ms or (t < YEAR_2000 and r >= YEAR_2000)):
        return BAD_TIME
    sync(P, S, s)
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
def stale_at(P, S, s):
    """When the sensor's silence is told, FOREVER when it is told or was never heard."""
    hot = hot_state(S.hot, s)
    heard = hot.course_t
    if not is_quiet(hot):
        sensor = sensor_state(S.sensor, s)
        heard = NEVER if sensor.stale else sensor.heard_t
    return heard + whole_of(P.stale_ms, s).x + 1 if heard != NEVER else FOREVER


@jit
def refresh(P, S, s):
    """Computes a sensor's band and timers anew, after its state was put in from outside."""
    sync(P, S, s)
    settle(P, S, s)
    set_due(P, S, s)
    expect(S, s, stale_at(P, S, s))


@jit
def settle_all(P, S):
    """The same for every sensor."""
    for s in range(P.sensors):
        refresh(P, S, s)
