"""Evaluation 评估: what was warned of beside what happened, as far as the asker's jurisdiction."""

from anlan.apps.warning.queries.evaluation.finding import (
    LOWEST_LEVEL,
    Evaluation,
    Line,
    Span,
    evaluation,
)
from anlan.apps.warning.queries.evaluation.judging import Event, Stretch, Verdict, Warned
from anlan.apps.warning.queries.evaluation.scoring import Case, Score
from anlan.apps.warning.queries.evaluation.sent import Issued
from anlan.apps.warning.queries.evaluation.tables import Tables, tables

__all__ = [
    "LOWEST_LEVEL",
    "Case",
    "Evaluation",
    "Event",
    "Issued",
    "Line",
    "Score",
    "Span",
    "Stretch",
    "Tables",
    "Verdict",
    "Warned",
    "evaluation",
    "tables",
]
