"""Compiled: the value of a measure as an interval, over latest values and windows."""

import math

import numba as nb

from anlan.engine.expression import Op
from anlan.engine.tables import COURSE_T, COURSE_V, INTERVAL_MS, LOW, MAX_GAP_MS

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
    age = P.max_age[instance]
    if age < 0:
        age = P.sensor_i[s, MAX_GAP_MS]
    course_t = S.hot[s, COURSE_T]
    if S.unknown[s] or t - course_t > age:
        return -math.inf, math.inf
    v = S.hot[s, COURSE_V]
    return v, v


@jit
def slope_of(R, start, size, head, n, since):
    """Least squares slope per hour of the newest n entries after `since`; NaN when flat in time."""
    origin = R.at[start + (head - 1) % size]
    st = 0.0
    sv = 0.0
    for j in range(n):
        k = start + (head - 1 - j) % size
        st += (R.at[k] - origin) / HOUR_MS
        sv += R.value[k]
    mt = st / n
    mv = sv / n
    num = 0.0
    den = 0.0
    for j in range(n):
        k = start + (head - 1 - j) % size
        d = (R.at[k] - origin) / HOUR_MS - mt
        num += d * (R.value[k] - mv)
        den += d * d
    return num / den if den > 0 else math.nan


@jit
def window_of(P, R, s, t, op, w):
    """(low, high, coverage, partial sum) of one sensor's window (t − w, t].

    Newest first, so that the same readings always give the same sum.
    """
    start = R.offset[s]
    size = R.capacity[s]
    head = R.head[s]
    since = t - w
    n = 0
    total = 0.0
    lo = math.inf
    hi = -math.inf
    newest = math.nan
    oldest = math.nan
    newest_t = t
    oldest_t = t
    for j in range(R.length[s]):
        k = start + (head - 1 - j) % size
        at = R.at[k]
        if at > t:
            continue
        if at <= since:
            break
        v = R.value[k]
        if n == 0:
            newest = v
            newest_t = at
        oldest = v
        oldest_t = at
        n += 1
        total += v
        lo = min(lo, v)
        hi = max(hi, v)
    expected = w / P.sensor_i[s, INTERVAL_MS]
    coverage = min(1.0, n / expected) if expected > 0 else 1.0
    x = math.nan
    if op == COUNT:
        x = float(n)
    elif n > 0:
        if op == SUM:
            x = total
        elif op == MEAN:
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
            x = slope_of(R, start, size, head, n, since)
    return x, coverage


@jit
def slot_of(P, S, R, instance, slot, t, op, w, wants_low, least, lower_bound):
    """Interval and coverage of one operand: over several sensors the deciding one counts."""
    first = P.slot0[instance] + slot
    lo = math.inf if wants_low else -math.inf
    hi = lo
    cover = 1.0
    found = False
    for j in range(P.slot_ptr[first], P.slot_ptr[first + 1]):
        s = P.slot_sensor[j]
        if op == LATEST:
            a, b = latest_of(P, S, instance, s, t)
        else:
            a, c = window_of(P, R, s, t, op, w)
            b = a
            cover = min(cover, c)
            if a != a:
                a = -math.inf
                b = math.inf
            if op != RATE and op != SLOPE and c < least:
                if op == SUM and lower_bound and P.sensor_f[s, LOW] >= 0.0:
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
def measure(P, S, R, instance, program, t, wants_low, least, lower_bound):
    """(low, high, coverage) of a program at time t."""
    stack = S.stack
    top = 0
    cover = 1.0
    for k in range(P.prog_ptr[program], P.prog_ptr[program + 1]):
        op = P.steps_i[k, 0]
        if op == CONST:
            stack[top, 0] = P.steps_f[k]
            stack[top, 1] = P.steps_f[k]
            top += 1
        elif op <= SLOPE:
            lo, hi, c = slot_of(
                P,
                S,
                R,
                instance,
                P.steps_i[k, 1],
                t,
                op,
                int(P.steps_f[k]),
                wants_low,
                least,
                lower_bound,
            )
            stack[top, 0] = lo
            stack[top, 1] = hi
            cover = min(cover, c)
            top += 1
        elif op == NEG or op == NOT or ABS <= op <= ATAN:
            lo, hi = unary(op, stack[top - 1, 0], stack[top - 1, 1])
            stack[top - 1, 0] = lo
            stack[top - 1, 1] = hi
        else:
            top -= 1
            lo, hi = binary(
                op, stack[top - 1, 0], stack[top - 1, 1], stack[top, 0], stack[top, 1]
            )
            stack[top - 1, 0] = lo
            stack[top - 1, 1] = hi
    return stack[0, 0], stack[0, 1], cover
