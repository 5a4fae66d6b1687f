"""Compiled: levels of one rule instance from one evaluation or one tick."""

import math

import numba as nb

from anlan.engine.kernel_measure import measure
from anlan.engine.tables import (
    ABSENT,
    BOOLEAN,
    C_OUT,
    DEADBAND,
    FROM,
    HOLD_MS,
    IS_LOW,
    K,
    LOWER_BOUND,
    MODE_HOLD,
    N_OF,
    O_AFTER,
    O_AT,
    O_BEFORE,
    O_COND,
    O_COVERAGE,
    O_FIRST,
    O_INSTANCE,
    O_KIND,
    O_MAX,
    O_MIN,
    O_N,
    O_QUALITY,
    O_ROW,
    O_SEGMENT,
    O_VALUE,
    OFF_MS,
    ON_MS,
    PLAIN,
    PROGRAM,
    THRESHOLD,
    TO,
)
from anlan.terms.changes import Kind
from anlan.terms.times import FOREVER, NEVER

jit = nb.njit(cache=True, nogil=True, error_model="numpy")
RAISED, RISEN, FALLEN, CLEARED = (
    int(Kind.RAISED),
    int(Kind.RISEN),
    int(Kind.FALLEN),
    int(Kind.CLEARED),
)
UNKNOWN = -1


@jit
def level_of(bits):
    """The highest standing level, 0 for none."""
    for j in range(4):
        if bits & (8 >> j):
            return 4 - j
    return 0


@jit
def segment_at(P, c, t):
    """The limit segment of condition c in force at t, −1 for none."""
    lo = P.seg_ptr[c]
    hi = P.seg_ptr[c + 1]
    while lo < hi:
        mid = (lo + hi) // 2
        if P.seg_i[mid, TO] <= t:
            lo = mid + 1
        else:
            hi = mid
    if lo < P.seg_ptr[c + 1] and P.seg_i[lo, FROM] <= t:
        return lo
    return -1


@jit
def emit(out, row, instance, kind, before, after, at):
    """A new output row with empty evidence; gives its index."""
    j = out.cursor[C_OUT]
    out.cursor[C_OUT] = j + 1
    whole = out.whole
    whole[j, O_ROW] = row
    whole[j, O_INSTANCE] = instance
    whole[j, O_KIND] = kind
    whole[j, O_BEFORE] = before
    whole[j, O_AFTER] = after
    whole[j, O_AT] = at
    whole[j, O_FIRST] = NEVER
    whole[j, O_N] = 0
    whole[j, O_QUALITY] = 0
    whole[j, O_SEGMENT] = -1
    whole[j, O_COND] = -1
    for k in range(4):
        out.real[j, k] = math.nan
    return j


@jit
def prove(P, S, out, j, level, t, quality):
    """Writes the evidence of a level's condition into output row j."""
    if level == 0:
        return
    c = 4 * out.whole[j, O_INSTANCE] + level - 1
    out.whole[j, O_COND] = c
    out.whole[j, O_SEGMENT] = segment_at(P, c, t)
    out.whole[j, O_FIRST] = S.first_t[c]
    out.whole[j, O_N] = S.count[c]
    out.whole[j, O_QUALITY] = quality
    out.real[j, O_MIN] = S.low[c]
    out.real[j, O_MAX] = S.high[c]


@jit
def say(P, S, out, row, instance, before, at, t, x, cover, quality):
    """Emits the transition from `before` to the present level, if there is one."""
    after = level_of(S.standing[instance])
    if after == before:
        return
    if before == 0:
        kind = RAISED
    elif after > before:
        kind = RISEN
    elif after == 0:
        kind = CLEARED
    else:
        kind = FALLEN
    j = emit(out, row, instance, kind, before, after, at)
    prove(P, S, out, j, after if after > before else before, t, quality)
    out.real[j, O_VALUE] = x
    out.real[j, O_COVERAGE] = cover


@jit
def forget(S, c):
    """Clears what condition c was waiting for and had counted."""
    S.on_t[c] = NEVER
    S.off_t[c] = NEVER
    S.first_t[c] = NEVER
    S.count[c] = 0
    S.low[c] = math.nan
    S.high[c] = math.nan
    S.memory[c] = nb.uint64(0)


@jit
def contribute(S, c, t, x):
    """Counts one known evaluation since the first crossing."""
    if S.count[c] == 0:
        S.first_t[c] = t
        S.low[c] = x
        S.high[c] = x
    S.count[c] += 1
    S.low[c] = min(S.low[c], x)
    S.high[c] = max(S.high[c], x)


@jit
def remember(S, c, truth, n):
    """Shifts a truth into the memory of the last n; gives how many of them are TRUE."""
    bits = (S.memory[c] << nb.uint64(1)) | nb.uint64(truth)
    if n < 64:
        bits &= (nb.uint64(1) << nb.uint64(n)) - nb.uint64(1)
    S.memory[c] = bits
    true = 0
    while bits:
        true += 1
        bits &= bits - nb.uint64(1)
    return true


@jit
def to_stand(P, S, instance, bit, c, t, x, enter):
    """Moves a condition that does not stand by one evaluation."""
    n = P.cond_i[c, N_OF]
    true = enter
    if n > 1 and enter != UNKNOWN:
        true = remember(S, c, enter, n)
    if enter == 1:
        contribute(S, c, t, x)
        if true >= P.cond_i[c, K]:
            if S.on_t[c] == NEVER:
                S.on_t[c] = t
            if t - S.on_t[c] >= P.cond_i[c, ON_MS]:
                S.standing[instance] |= bit
                S.entered_t[c] = t
                S.off_t[c] = NEVER
    elif enter == 0:
        S.on_t[c] = NEVER
        if n == 1 or true == 0:
            S.count[c] = 0
            S.first_t[c] = NEVER


@jit
def to_leave(P, S, instance, bit, c, t, x, leave):
    """Moves a standing condition by one evaluation."""
    if leave == UNKNOWN:
        return
    contribute(S, c, t, x)
    if leave == 0:
        S.off_t[c] = NEVER
        return
    if S.off_t[c] == NEVER:
        S.off_t[c] = t
    if t - S.off_t[c] >= P.cond_i[c, OFF_MS] and t - S.entered_t[c] >= P.cond_i[c, HOLD_MS]:
        S.standing[instance] &= ~bit


@jit
def enters(lo, hi, threshold, is_low):
    """Whether [lo, hi] reaches the threshold: 1, 0 or UNKNOWN."""
    if is_low:
        if hi <= threshold:
            return 1
        return 0 if lo > threshold else UNKNOWN
    if lo >= threshold:
        return 1
    return 0 if hi < threshold else UNKNOWN


@jit
def leaves(lo, hi, threshold, deadband, is_low):
    """Whether [lo, hi] has left the threshold and its deadband: 1, 0 or UNKNOWN."""
    if is_low:
        if lo > threshold + deadband:
            return 1
        return 0 if hi <= threshold + deadband else UNKNOWN
    if hi < threshold - deadband:
        return 1
    return 0 if lo >= threshold - deadband else UNKNOWN


@jit
def ask_level(P, S, R, instance, level, t, v):
    """Evaluates one level at t; gives the measure's known end and its coverage."""
    c = 4 * instance + level
    bit = nb.uint8(1 << level)
    program = P.cond_i[c, PROGRAM]
    if program == ABSENT:
        return math.nan, math.nan
    seg = segment_at(P, c, t)
    if seg < 0:
        S.standing[instance] &= ~bit
        S.on_t[c] = NEVER
        S.off_t[c] = NEVER
        return v, math.nan
    is_low = P.seg_i[seg, IS_LOW] == 1
    threshold = P.seg_f[seg, THRESHOLD]
    lo, hi, cover = v, v, 1.0
    if program != PLAIN:
        lo, hi, cover = measure(
            P, S, R, instance, program, t, is_low, P.cond_f[c, 0], P.cond_i[c, LOWER_BOUND]
        )
    x = v if P.cond_i[c, BOOLEAN] else (hi if is_low else lo)
    stands = S.standing[instance] & bit
    if stands:
        answer = leaves(lo, hi, threshold, P.seg_f[seg, DEADBAND], is_low)
    else:
        answer = enters(lo, hi, threshold, is_low)
    if answer != UNKNOWN:
        if S.known_t[c] != NEVER and t - S.known_t[c] > P.gap_ms[instance]:
            S.on_t[c] = NEVER
            S.off_t[c] = NEVER
            if not stands:
                S.count[c] = 0
        S.known_t[c] = t
    if stands:
        to_leave(P, S, instance, bit, c, t, x, answer)
    else:
        to_stand(P, S, instance, bit, c, t, x, answer)
    return x, cover


@jit
def ask(P, S, R, out, row, instance, t, v, at, quality):
    """Evaluates a rule instance after a reading (t, v); `at` is when it became known."""
    if P.is_object[instance]:
        t = max(t, S.clock[instance])
        S.clock[instance] = t
        at = max(at, t)
    before = level_of(S.standing[instance])
    x0, c0 = ask_level(P, S, R, instance, 0, t, v)
    x1, c1 = ask_level(P, S, R, instance, 1, t, v)
    x2, c2 = ask_level(P, S, R, instance, 2, t, v)
    x3, c3 = ask_level(P, S, R, instance, 3, t, v)
    after = level_of(S.standing[instance])
    if after != before:
        told = max(after, before) - 1
        x = (x0, x1, x2, x3)[told]
        cover = (c0, c1, c2, c3)[told]
        say(P, S, out, row, instance, before, at, t, x, cover, quality)
    for level in range(4):
        c = 4 * instance + level
        bit = nb.uint8(1 << level)
        if not S.standing[instance] & bit and before and S.entered_t[c] != NEVER:
            S.entered_t[c] = NEVER
            forget(S, c)


@jit
def hold_due(P, S, instance, c, bit):
    """When a tick may move condition c, FOREVER when none may."""
    if P.cond_i[c, PROGRAM] == ABSENT or P.cond_i[c, MODE_HOLD] == 0:
        return FOREVER
    if S.standing[instance] & bit:
        if S.off_t[c] == NEVER:
            return FOREVER
        due = max(S.off_t[c] + P.cond_i[c, OFF_MS], S.entered_t[c] + P.cond_i[c, HOLD_MS])
    else:
        if S.on_t[c] == NEVER:
            return FOREVER
        due = S.on_t[c] + P.cond_i[c, ON_MS]
    return due if due <= S.known_t[c] + P.gap_ms[instance] else FOREVER


@jit
def hold(P, S, out, instance, tick, x):
    """Moves the hold-mode conditions of an instance at a tick; gives the next due time."""
    before = level_of(S.standing[instance])
    due = FOREVER
    for level in range(4):
        c = 4 * instance + level
        bit = nb.uint8(1 << level)
        when = hold_due(P, S, instance, c, bit)
        if when <= tick and tick - S.known_t[c] <= P.gap_ms[instance]:
            if S.standing[instance] & bit:
                S.standing[instance] &= ~bit
            else:
                S.standing[instance] |= bit
                S.entered_t[c] = tick
                S.off_t[c] = NEVER
        elif when > tick:
            due = min(due, when)
    say(P, S, out, -1, instance, before, tick, tick, x, math.nan, 0)
    for level in range(4):
        c = 4 * instance + level
        if not S.standing[instance] & nb.uint8(1 << level) and S.entered_t[c] != NEVER:
            S.entered_t[c] = NEVER
            forget(S, c)
    return due

