"""Compiled: the value of a measure as an interval, over latest values and windows."""

import math

import numba as nb

from anlan.engine.expression import Op
from anlan.engine.kernel.records import (
    hot_state,
    instance_rule,
    pair_of,
    real_of,
    sensor_rule,
    sensor_state,
    span_of,
    step_of,
    whole_of,
)
from anlan.terms.times import NEVER

jit = nb.njit(cache=True, nogil=True, error_model="numpy")

CONST, LATEST = int(Op.CONST), int(Op.LATEST)
SUM, MEAN, LOWEST, HIGHEST = int(Op.SUM), int(Op.MEAN), int(Op.LOW), int(Op.HIGH)
COUNT, FIRST, LAST = int(Op.COUNT), int(Op.FIRST), int(Op.LAST)
RATE, SLOPE = int(Op.RATE), int(Op.SLOPE)
ADD, SUB, MUL, DIV, POW = int(Op.ADD), int(Op.SUB), int(Op.MUL), int(Op.DIV), int(Op.POW)
NEG, ABS, SQRT, LN, LOG10 = int(Op.NEG), int(Op.ABS), int(Op.SQRT), int(Op.LN), int(Op.LOG10)
ATAN, MIN2, MAX2 = int(Op.ATAN), int(Op.MIN2), int(Op.MAX2)
GE, GT, LE, LT = int(Op.GE), int(Op.GT), int(Op.LE), int(Op.LT)
AND, OR, NOT = int(Op.AND), int(Op.OR), int(Op.NOT)
HOUR_MS = 3_600_000.0


@jit
def latest_of(P, S, instance, s, t):
    """Interval of a sensor's latest value as of t; unknown when too old or its newest is."""
    age = instance_rule(P.instance, instance).max_age
    if age < 0:
        age = sensor_rule(P.sensor, s).max_gap_ms
    hot = hot_state(S.hot, s)
    if sensor_state(S.sensor, s).unknown or t - hot.course_t > age:
        return -math.inf, math.inf
    return hot.course_v, hot.course_v


@jit
def slope_of(S, start, size, head, skip, n):
    """Least squares slope per hour of n entries, the newest `skip` left out; NaN at one time."""
    origin = whole_of(S.ring_at, start + (head - 1 - skip) % size).x
    st = 0.0
    sv = 0.0
    for j in range(skip, skip + n):
        k = start + (head - 1 - j) % size
        st += (whole_of(S.ring_at, k).x - origin) / HOUR_MS
        sv += real_of(S.ring_value, k).x
    mt = st / n
    mv = sv / n
    num = 0.0
    den = 0.0
    for j in range(skip, skip + n):
        k = start + (head - 1 - j) % size
        d = (whole_of(S.ring_at, k).x - origin) / HOUR_MS - mt
        num += d * (real_of(S.ring_value, k).x - mv)
        den += d * d
    return num / den if den > 0 else math.nan


@jit
def window_of(P, S, s, t, op, w):
    """Value (NaN: unknown) and coverage of one sensor's window (t − w, t].

    Newest first, so that the same readings always give the same sum.
    """
    ring = sensor_state(S.sensor, s)
    start = ring.ring_from
    size = ring.ring_size
    head = ring.ring_head
    skip = 0
    since = t - w
    n = 0
    total = 0.0
    lo = math.inf
    hi = -math.inf
    newest = math.nan
    oldest = math.nan
    newest_t = t
    oldest_t = t
    for j in range(ring.ring_n):
        k = start + (head - 1 - j) % size
        at = whole_of(S.ring_at, k).x
        if at > t:
            skip += 1
            continue
        if at <= since:
            break
        v = real_of(S.ring_value, k).x
        if n == 0:
            newest = v
            newest_t = at
        oldest = v
        oldest_t = at
        n += 1
        total += v
        lo = min(lo, v)
        hi = max(hi, v)
    expected = w / sensor_rule(P.sensor, s).interval_ms
    coverage = min(1.0, n / expected) if expected > 0 else 1.0
    x = math.nan
    if op == COUNT:
        x = float(n)
    elif op == SUM:
        x = total
    elif n > 0:
        if op == MEAN:
            x = total / n
        elif op == LOWEST:
            x = lo
        elif op == HIGHEST:
            x = hi
        elif op == FIRST:
            x = oldest
        elif op == LAST:
            x = newest
        elif op == RATE:
            if 2 * (newest_t - oldest_t) >= w and newest_t > oldest_t:
                x = (newest - oldest) / ((newest_t - oldest_t) / HOUR_MS)
        elif op == SLOPE and n >= 3 and 2 * (newest_t - oldest_t) >= w:
            x = slope_of(S, start, size, head, skip, n)
    return x, coverage


@jit
def slot_of(P, S, instance, slot, t, op, w, wants_low, least, lower_bound):
    """Interval and coverage of one operand: over several sensors the deciding one counts."""
    span = span_of(P.slot, instance_rule(P.instance, instance).slot0 + slot)
    lo = math.inf if wants_low else -math.inf
    hi = lo
    cover = 1.0
    found = False
    for j in range(span.start, span.end):
        s = whole_of(P.filler, j).x
        if sensor_state(S.sensor, s).newest_t == NEVER:
            continue
        if op == LATEST:
            a, b = latest_of(P, S, instance, s, t)
        else:
            a, c = window_of(P, S, s, t, op, w)
            b = a
            cover = min(cover, c)
            if a != a:
                a = -math.inf
                b = math.inf
            if op != RATE and op != SLOPE and c < least:
                if op == SUM and lower_bound and sensor_rule(P.sensor, s).low >= 0.0:
                    a = max(a, 0.0)
                    b = math.inf
                else:
                    a = -math.inf
                    b = math.inf
        found = True
        if wants_low:
            lo = min(lo, a)
            hi = min(hi, b)
        else:
            lo = max(lo, a)
            hi = max(hi, b)
    if not found:
        return -math.inf, math.inf, 0.0
    return lo, hi, cover


@jit
def unary(op, a, b):
    """Interval of a function of one interval; unknown where it is not defined."""
    if op == NEG:
        return -b, -a
    if op == NOT:
        return 1.0 - b, 1.0 - a
    if op == ABS:
        if a >= 0:
            return a, b
        if b <= 0:
            return -b, -a
        return 0.0, max(-a, b)
    if op == ATAN:
        return math.degrees(math.atan(a)), math.degrees(math.atan(b))
    if op == SQRT:
        if b < 0:
            return -math.inf, math.inf
        return math.sqrt(max(a, 0.0)) if a >= 0 else -math.inf, math.sqrt(b)
    if b <= 0:
        return -math.inf, math.inf
    if op == LN:
        return math.log(a) if a > 0 else -math.inf, math.log(b)
    return math.log10(a) if a > 0 else -math.inf, math.log10(b)


@jit
def corners(op, a, b, c, d):
    """Interval of a product, quotient or power from its corners."""
    if op == DIV and c <= 0 <= d:
        return -math.inf, math.inf
    if op == POW and a < 0 and (c != d or c != math.floor(c) or c < 0):
        return -math.inf, math.inf
    lo = math.inf
    hi = -math.inf
    for x in (a, b):
        for y in (c, d):
            if op == MUL:
                z = x * y
                if z != z:
                    z = 0.0  # 0 × ∞: the bound is 0
            elif op == DIV:
                z = x / y
                if z != z:
                    return -math.inf, math.inf
            else:
                z = x**y
                if z != z:
                    return -math.inf, math.inf
            lo = min(lo, z)
            hi = max(hi, z)
    if op == POW and a < 0 < b and c % 2 == 0 and c > 0:
        lo = 0.0
    return lo, hi


@jit
def binary(op, a, b, c, d):
    """Interval of an operation on [a, b] and [c, d]."""
    if op == ADD:
        return a + c, b + d
    if op == SUB:
        return a - d, b - c
    if op == MIN2 or op == AND:
        return min(a, c), min(b, d)
    if op == MAX2 or op == OR:
        return max(a, c), max(b, d)
    if op == GE:
        return 1.0 if a >= d else 0.0, 1.0 if b >= c else 0.0
    if op == GT:
        return 1.0 if a > d else 0.0, 1.0 if b > c else 0.0
    if op == LE:
        return 1.0 if b <= c else 0.0, 1.0 if a <= d else 0.0
    if op == LT:
        return 1.0 if b < c else 0.0, 1.0 if a < d else 0.0
    return corners(op, a, b, c, d)


@jit
def measure(P, S, instance, program, t, wants_low, least, lower_bound):
    """(low, high, coverage) of a program at time t."""
    top = 0
    cover = 1.0
    span = span_of(P.program, program)
    for k in range(span.start, span.end):
        step = step_of(P.step, k)
        op = step.op
        if op == CONST:
            place = pair_of(S.stack, top)
            place.lo = step.number
            place.hi = step.number
            top += 1
        elif op <= SLOPE:
            lo, hi, c = slot_of(
                P, S, instance, step.slot, t, op, int(step.number), wants_low, least, lower_bound
            )
            place = pair_of(S.stack, top)
            place.lo = lo
            place.hi = hi
            cover = min(cover, c)
            top += 1
        elif op == NEG or op == NOT or ABS <= op <= ATAN:
            place = pair_of(S.stack, top - 1)
            lo, hi = unary(op, place.lo, place.hi)
            place.lo = lo
            place.hi = hi
        else:
            top -= 1
            place = pair_of(S.stack, top - 1)
            other = pair_of(S.stack, top)
            lo, hi = binary(op, place.lo, place.hi, other.lo, other.hi)
            place.lo = lo
            place.hi = hi
    place = pair_of(S.stack, 0)
    return place.lo, place.hi, cover
