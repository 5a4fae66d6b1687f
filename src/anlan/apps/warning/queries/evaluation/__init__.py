"""Evaluation 评估: what was warned of beside what happened, as far as the asker's jurisdiction."""

from anlan.apps.warning.queries.evaluation.finding import Evaluation, Line, Span, evaluation
from anlan.apps.warning.queries.evaluation.judging import Event, Score, Stretch, Verdict, Warned

__all__ = [
    "Evaluation",
    "Event",
    "Line",
    "Score",
    "Span",
    "Stretch",
    "Verdict",
    "Warned",
    "evaluation",
]
