"""Reads a warning before it goes on: what the law asks for, what contradicts, where it holds."""

from datetime import datetime

from anlan.apps.warning.models import Warning
from anlan.apps.warning.queries.reading.agreement import agreement
from anlan.apps.warning.queries.reading.places import AREA, places
from anlan.apps.warning.queries.reading.remark import Remark
from anlan.apps.warning.queries.reading.times import times
from anlan.apps.warning.queries.reading.wanted import wanted

__all__ = ["AREA", "Remark", "remarks"]


def remarks(warning: Warning, at: datetime) -> list[Remark]:
    """What is to be said about it, those that stop it first."""
    found = [
        *wanted(warning),
        *times(warning, at),
        *agreement(warning),
        *places(warning),
    ]
    return sorted(found, key=lambda remark: not remark.stops)
