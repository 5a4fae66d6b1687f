"""Compiled: levels of one rule instance from one evaluation or one tick."""

import math

import numba as nb

from anlan.engine.kernel.measure import measure
from anlan.engine.kernel.records import (
    change_of,
    condition_rule,
    condition_state,
    cursor_of,
    instance_rule,
    instance_state,
    segment_of,
    span_of,
)
from anlan.engine.kernel.tables import ABSENT, PLAIN
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
    if bits >= 4:
        return 4 if bits >= 8 else 3
    return min(bits, 2)


@jit
def segment_at(P, c, t):
    """The limit segment of condition c in force at t, −1 for none."""
    limit = span_of(P.limit, c)
    lo = limit.start
    hi = limit.end
    while lo < hi:
        mid = (lo + hi) // 2
        if segment_of(P.segment, mid).end <= t:
            lo = mid + 1
        else:
            hi = mid
    if lo < limit.end and segment_of(P.segment, lo).start <= t:
        return lo
    return -1


@jit
def emit(out, row, instance, kind, before, after, at):
    """A new change with empty evidence."""
    cursor = cursor_of(out.cursor, 0)
    change = change_of(out.changes, cursor.written)
    cursor.written += 1
    change.row = row
    change.instance = instance
    change.kind = kind
    change.before = before
    change.after = after
    change.at = at
    change.first_at = NEVER
    change.n = 0
    change.quality = 0
    change.segment = -1
    change.condition = -1
    change.value = math.nan
    change.low = math.nan
    change.high = math.nan
    change.coverage = math.nan
    return change


@jit
def prove(P, S, change, level, t, quality):
    """Writes the evidence of a level's condition into a change.

    t: the time of the deciding evaluation, NEVER for the last known one.
    """
    change.quality = quality
    if level == 0:
        return
    c = 4 * change.instance + level - 1
    state = condition_state(S.condition, c)
    change.condition = c
    change.segment = segment_at(P, c, state.known_t if t == NEVER else t)
    change.first_at = state.first_t
    change.n = state.count
    change.low = state.low
    change.high = state.high


@jit
def say(P, S, out, row, instance, before, at, t, x, cover, quality):
    """Emits the transition from `before` to the present level, if there is one."""
    after = level_of(instance_state(S.instance, instance).standing)
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
    change = emit(out, row, instance, kind, before, after, at)
    prove(P, S, change, max(before, after), t, quality)
    change.value = x
    change.coverage = cover


@jit
def forget(state):
    """Clears what a condition was waiting for and had counted."""
    state.wait_t = NEVER
    state.entered_t = NEVER
    state.first_t = NEVER
    state.count = 0
    state.low = math.nan
    state.high = math.nan
    state.memory = 0


@jit
def forget_left(S, instance):
    """Clears the conditions that stood and do not stand any more."""
    standing = instance_state(S.instance, instance).standing
    for level in range(4):
        state = condition_state(S.condition, 4 * instance + level)
        if not standing & (1 << level) and state.entered_t != NEVER:
            forget(state)


@jit
def contribute(state, t, x):
    """Counts one known evaluation since the first crossing.

    x is NaN where an unknown reading decided a rule of several inputs: it counts, and leaves the
    lowest and highest as they are.
    """
    if state.count == 0:
        state.first_t = t
        state.low = math.nan
        state.high = math.nan
    state.count += 1
    if x == x:
        if not state.low <= x:
            state.low = x
        if not state.high >= x:
            state.high = x


@jit
def remember(state, truth, n):
    """Shifts a truth into the memory of the last n (≤ 62); gives how many of them are TRUE."""
    bits = ((state.memory << 1) | truth) & ((1 << n) - 1)
    state.memory = bits
    true = 0
    while bits:
        true += 1
        bits &= bits - 1
    return true


@jit
def to_stand(rule, state, whole, bit, t, x, enter):
    """Moves a condition that does not stand by one evaluation."""
    true = enter
    if rule.n > 1 and enter != UNKNOWN:
        true = remember(state, enter, rule.n)
    if enter == 1:
        contribute(state, t, x)
        if true >= rule.k:
            if state.wait_t == NEVER:
                state.wait_t = t
            if t - state.wait_t >= rule.on_ms:
                whole.standing |= bit
                state.entered_t = t
                state.wait_t = NEVER
    elif enter == 0:
        if true < rule.k:
            state.wait_t = NEVER
        if rule.n == 1 or true == 0:
            state.count = 0
            state.first_t = NEVER


@jit
def to_leave(rule, state, whole, bit, t, x, leave):
    """Moves a standing condition by one evaluation."""
    if leave == UNKNOWN:
        return
    contribute(state, t, x)
    if leave == 0:
        state.wait_t = NEVER
        return
    if state.wait_t == NEVER:
        state.wait_t = t
    if t - state.wait_t >= rule.off_ms and t - state.entered_t >= rule.hold_ms:
        whole.standing &= ~bit


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
def move(rule, state, whole, segment, bit, gap_ms, t, v, lo, hi):
    """Moves one condition by an evaluation [lo, hi] at t; gives the deciding end."""
    is_low = segment.is_low == 1
    x = v if rule.is_boolean else (hi if is_low else lo)
    stands = whole.standing & bit
    if stands:
        answer = leaves(lo, hi, segment.threshold, segment.deadband, is_low)
    else:
        answer = enters(lo, hi, segment.threshold, is_low)
    if answer != UNKNOWN:
        if state.known_t != NEVER and t - state.known_t > gap_ms:
            state.wait_t = NEVER
            if not stands:
                state.count = 0
        state.known_t = t
    if stands:
        to_leave(rule, state, whole, bit, t, x, answer)
    else:
        to_stand(rule, state, whole, bit, t, x, answer)
    return x


@jit
def ask_level(P, S, instance, level, t, v):
    """Evaluates one level at t; gives the measure's deciding end and its coverage."""
    c = 4 * instance + level
    rule = condition_rule(P.condition, instance_rule(P.instance, instance).rules + level)
    bit = 1 << level
    if rule.program == ABSENT:
        return math.nan, math.nan
    state = condition_state(S.condition, c)
    whole = instance_state(S.instance, instance)
    seg = segment_at(P, c, t)
    if seg < 0:
        whole.standing &= ~bit
        state.wait_t = NEVER
        if state.entered_t == NEVER:
            state.count = 0
        return v, math.nan
    lo, hi, cover = v, v, 1.0
    segment = segment_of(P.segment, seg)
    if rule.program != PLAIN:
        lo, hi, cover = measure(
            P,
            S,
            instance,
            rule.program,
            t,
            segment.is_low == 1,
            rule.min_coverage,
            rule.lower_bound,
        )
    gap_ms = instance_rule(P.instance, instance).gap_ms
    return move(rule, state, whole, segment, bit, gap_ms, t, v, lo, hi), cover


@jit
def ask(P, S, out, row, instance, t, v, at, quality):
    """Evaluates a rule instance after a reading (t, v); `at` is when it became known."""
    whole = instance_state(S.instance, instance)
    if instance_rule(P.instance, instance).is_object:
        t = max(t, whole.clock)
        whole.clock = t
        at = max(at, t)
    if v == v:
        whole.value = v
        whole.quality = quality
    before = level_of(whole.standing)
    bits = whole.standing
    x0, c0 = ask_level(P, S, instance, 0, t, v)
    x1, c1 = ask_level(P, S, instance, 1, t, v)
    x2, c2 = ask_level(P, S, instance, 2, t, v)
    x3, c3 = ask_level(P, S, instance, 3, t, v)
    if whole.standing == bits:
        return
    told = max(level_of(whole.standing), before) - 1
    x = (x0, x1, x2, x3)[told]
    cover = (c0, c1, c2, c3)[told]
    say(P, S, out, row, instance, before, at, t, x, cover, quality)
    forget_left(S, instance)


@jit
def hold_due(rule, state, whole, bit, gap_ms):
    """When a tick may move a condition, FOREVER when none may."""
    if rule.program == ABSENT or not rule.holds:
        return FOREVER
    if whole.standing & bit:
        if state.wait_t == NEVER:
            return FOREVER
        due = max(state.wait_t + rule.off_ms, state.entered_t + rule.hold_ms)
    else:
        if state.wait_t == NEVER or (rule.n > 1 and not state.memory & 1):
            return FOREVER
        due = state.wait_t + rule.on_ms
    return due if due <= state.known_t + gap_ms else FOREVER


@jit
def next_hold(P, S, m):
    """When a tick may move a hold-mode condition of the instance."""
    due = FOREVER
    for level in range(4):
        rule = condition_rule(P.condition, instance_rule(P.instance, m).rules + level)
        if rule.holds:
            state = condition_state(S.condition, 4 * m + level)
            gap_ms = instance_rule(P.instance, m).gap_ms
            due = min(due, hold_due(rule, state, instance_state(S.instance, m), 1 << level, gap_ms))
    return due


@jit
def hold(P, S, out, instance, tick):
    """Moves the hold-mode conditions of an instance at a tick."""
    whole = instance_state(S.instance, instance)
    gap_ms = instance_rule(P.instance, instance).gap_ms
    before = level_of(whole.standing)
    for level in range(4):
        state = condition_state(S.condition, 4 * instance + level)
        bit = 1 << level
        rule = condition_rule(P.condition, instance_rule(P.instance, instance).rules + level)
        due = hold_due(rule, state, whole, bit, gap_ms)
        if due > tick or tick - state.known_t > gap_ms:
            continue
        if whole.standing & bit:
            whole.standing &= ~bit
        else:
            whole.standing |= bit
            state.entered_t = tick
            state.wait_t = NEVER
    say(P, S, out, -1, instance, before, tick, NEVER, whole.value, math.nan, whole.quality)
    forget_left(S, instance)
