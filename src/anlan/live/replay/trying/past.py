"""The history of a store, for rules that are tried: registers as they are now, and readings."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from anlan.engine.adopt import Policy
from anlan.engine.plan import Plan, compile_plan
from anlan.engine.rules import RuleSet, SpikePolicy
from anlan.history.log import Log
from anlan.history.query import Archive, Resolution, Span, latest
from anlan.history.registry import Registry
from anlan.live.replay.reading.faults import Faults
from anlan.live.replay.reading.registers import read_limits
from anlan.live.replay.run import with_options
from anlan.live.supervisor import POLICIES
from anlan.packs import load_pack, own_shelf
from anlan.packs.shelf import check_overlay
from anlan.terms.errors import Malformed
from anlan.terms.readings import Batch
from anlan.terms.sensors import Limit
from anlan.terms.times import FOREVER, NEVER

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What is tried instead of the present rules; what is not given stays as it is.

    limits: a LIMITS file; they replace all limits of the sensors they name · pack: taken from
    the shelf, with the overlay, instead of the store's rules of that name.
    """

    limits: Path | None = None
    pack: str | None = None
    overlay: Path | None = None
    gate: SpikePolicy | None = None
    on_delay_ms: int | None = None
    off_delay_ms: int | None = None

    @property
    def files(self) -> list[Path]:
        """The files that it rests on."""
        return [] if self.limits is None else [self.limits]


def present_plan(registry: Registry) -> Plan:
    """The plan of the rules now in force."""
    rule_sets = list(registry.rule_sets.values())
    groups = list(registry.groups.values())
    return compile_plan(registry.sensors, registry.limits, rule_sets, groups)


def policy_of(entries: Iterable[Mapping[str, Any]]) -> Policy:
    """What becomes of standing alarms, as the newest rule set among the entries asks."""
    asked = [e.get("policy", "carry") for e in entries if e.get("type") == "rule_set"]
    for policy in asked:
        if policy not in POLICIES:
            raise Malformed(f"no such policy: {policy!r} ({', '.join(POLICIES)})")
    return cast(Policy, asked[-1]) if asked else "carry"


def candidate_limits(registry: Registry, candidate: Candidate) -> list[Limit]:
    """The candidate's own limits; Malformed where one is wrong or names no known sensor."""
    if candidate.limits is None:
        return []
    limits, _ = read_limits(candidate.limits, registry.sensors)
    return limits


def candidate_plan(registry: Registry, candidate: Candidate, new: Sequence[Limit]) -> Plan:
    """The plan of the candidate over the sensors known so far; new: its own limits."""
    known = [limit for limit in new if limit.sensor in registry.handle]
    limits = _replaced(registry.limits, known)
    groups = list(registry.groups.values())
    return compile_plan(registry.sensors, limits, _rule_sets(registry, candidate), groups)


def _replaced(limits: Sequence[Limit], new: Sequence[Limit]) -> list[Limit]:
    named = {limit.sensor for limit in new}
    return [limit for limit in limits if limit.sensor not in named] + list(new)


def _rule_sets(registry: Registry, candidate: Candidate) -> list[RuleSet]:
    rule_sets = dict(registry.rule_sets)
    if candidate.pack is not None:
        check_overlay(candidate.overlay, own_shelf())
        rule_sets[candidate.pack] = load_pack(candidate.pack, candidate.overlay).rule_set
    return [
        with_options(
            rule_set,
            gate=candidate.gate,
            on_delay_ms=candidate.on_delay_ms,
            off_delay_ms=candidate.off_delay_ms,
        )
        for rule_set in rule_sets.values()
    ]


def newest_at(log: Log) -> int:
    """When the newest record was taken in, ms UTC; 0 for an empty log."""
    return max((record.at for record in log.records(log.last() - 1)), default=0)


def readings_since(archive: Archive, since: int) -> Callable[[Faults, bool], Iterator[Batch]]:
    """A source for `replay_from`: the stored readings with time ≥ since, a day at a time."""

    def source(faults: Faults, careful: bool) -> Iterator[Batch]:
        newest = int(latest(archive).time.max(initial=since))
        start = since
        if start == NEVER:
            start = _first_time(archive)
        while start <= newest:
            yield archive.rows(None, Span(start, start + DAY_MS)).batch()
            start += DAY_MS

    return source


def _first_time(archive: Archive) -> int:
    """The first day that has readings."""
    days = archive.rollup(Resolution.DAY, None, Span())
    return int(days.start.min(initial=FOREVER))
