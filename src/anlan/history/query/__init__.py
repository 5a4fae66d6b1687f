"""Questions to the stored readings: latest, series, aggregate, readings of."""

from anlan.history.query.questions import (
    Archive,
    Resolution,
    Series,
    Span,
    aggregate,
    latest,
    readings_of,
    series,
)

__all__ = [
    "Archive",
    "Resolution",
    "Series",
    "Span",
    "aggregate",
    "latest",
    "readings_of",
    "series",
]
