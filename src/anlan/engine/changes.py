"""Changes as columns: cheap in the stream, turned into words only where someone reads."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from anlan.engine.kernel.tables import CHANGE
from anlan.engine.plan import Plan
from anlan.engine.rules import Group, Promotion
from anlan.terms.changes import Change, Evidence, Kind
from anlan.terms.levels import Level
from anlan.terms.quality import Quality
from anlan.terms.times import NEVER

Changes = npt.NDArray[np.void]


def no_changes() -> Changes:
    return np.zeros(0, CHANGE)


def describe(
    plan: Plan, groups: list[tuple[Promotion, Group]], changes: Changes
) -> Iterator[Change]:
    """The changes in words, in their order."""
    for row in changes.tolist():
        fields = dict(zip(CHANGE.names or (), row, strict=True))
        if fields["instance"] < len(plan.instances):
            yield _of_rule(plan, fields)
        else:
            yield _of_group(groups[fields["instance"] - len(plan.instances)], fields)


def _number(x: float) -> float | None:
    return x if x == x and abs(x) != float("inf") else None


def _of_rule(plan: Plan, f: dict[str, int | float]) -> Change:
    instance = plan.instances[int(f["instance"])]
    rule, condition = instance.rule, int(f["condition"])
    segment = plan.segments[int(f["segment"])] if f["segment"] >= 0 else None
    level = Level(condition % 4 + 1) if condition >= 0 else Level.NONE
    written = next((x for x in rule.levels if x.level == level), None)
    return Change(
        sensor=plan.sensors[instance.sensor].key if instance.sensor >= 0 else None,
        object=instance.object,
        rule=rule.key,
        kind=Kind(int(f["kind"])),
        before=Level(int(f["before"])),
        after=Level(int(f["after"])),
        at=int(f["at"]),
        evidence=Evidence(
            rule_version=rule.version,
            limit=None if segment is None or segment.is_boolean else segment.threshold,
            limit_source="" if segment is None else segment.source,
            value=_number(f["value"]),
            first_at=None if f["first_at"] == NEVER else int(f["first_at"]),
            n=int(f["n"]),
            min=_number(f["low"]),
            max=_number(f["high"]),
            coverage=_number(f["coverage"]),
            quality=Quality(int(f["quality"])).word,
            unit=rule.unit,
            formula=formula(written.measure if written else "value", segment),
        ),
    )


def formula(measure: str, segment: object) -> str:
    """The condition as text: `sum(rain, 12h) >= 50`."""
    from anlan.engine.plan.limits import Segment

    if not isinstance(segment, Segment) or segment.is_boolean:
        return measure
    return f"{measure} {'<=' if segment.is_low else '>='} {segment.threshold:g}"


def _of_group(pair: tuple[Promotion, Group], f: dict[str, int | float]) -> Change:
    promotion, group = pair
    return Change(
        sensor=None,
        object=group.key,
        rule=promotion.key,
        kind=Kind(int(f["kind"])),
        before=Level(int(f["before"])),
        after=Level(int(f["after"])),
        at=int(f["at"]),
        evidence=Evidence(
            rule_version=promotion.version,
            limit_source=promotion.source,
            first_at=int(f["at"]),
            n=int(f["n"]),
            formula=describe_promotion(promotion),
        ),
    )


def describe_promotion(promotion: Promotion) -> str:
    """How a group's level follows from its members, as text."""
    parts = ["highest member"] if promotion.highest else []
    parts += [f"{c.at_least} at {c.level.word} -> {c.to.word}" for c in promotion.counts]
    for combination in promotion.combinations:
        both = " and ".join(f"{rule} at {level.word}" for rule, level in combination.all_of)
        parts.append(f"{both} -> {combination.to.word}")
    return "; ".join(parts)
