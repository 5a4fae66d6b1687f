"""The same counts by hazard, level, district, rule and issuer."""

from dataclasses import dataclass
from functools import partial

from anlan.apps.warning.queries.evaluation.finding import Evaluation, Line
from anlan.apps.warning.queries.evaluation.judging import Verdict
from anlan.apps.warning.queries.evaluation.scoring import Case, Score, cases, grouped, score

Rows = list[tuple[str, Score]]


@dataclass(frozen=True, slots=True)
class Tables:
    """Each by key, the most cases first; warnings stand by what they say, events by what they
    were. by_issuer: events only as far as under a warning, since a missed one is nobody's."""

    by_kind: Rows
    by_level: Rows
    by_region: Rows
    by_rule: Rows
    by_issuer: Rows


def tables(found: Evaluation, district: int) -> Tables:
    """district: how many digits the codes of the districts have."""
    lines = {one.verdict.warned.key: one for one in found.lines}

    def row(verdict: Verdict) -> Line:
        return lines[verdict.warned.key]

    by = partial(grouped, found.verdicts, found.happened, with_missed=found.counts_missed)
    return Tables(
        by(of_warning=lambda v: v.warned.kind, of_event=lambda c: c.event.kind),
        sorted(by(of_warning=lambda v: str(v.warned.level),
                  of_event=lambda c: str(c.event.peak)), reverse=True),
        by(of_warning=lambda v: row(v).row.region[:district],
           of_event=lambda c: c.event.region[:district]),
        by(of_warning=lambda v: row(v).row.rule, of_event=_rule),
        _by_issuer(found),
    )  # fmt: skip


def _rule(case: Case) -> str:
    return case.event.rule


def _by_issuer(found: Evaluation) -> Rows:
    own: dict[str, list[Verdict]] = {}
    for line in found.lines:
        own.setdefault(line.issuer, []).append(line.verdict)
    return [(name, score(own[name], cases(own[name]), with_missed=False)) for name in sorted(own)]
