"""Whom a message is for: those who answer for the places warned, systems, and what takes drills."""

from anlan.apps.warning.queries.audience.people import answering
from anlan.apps.warning.queries.audience.sinks import Sink, end_of, route, told_before
from anlan.apps.warning.queries.audience.systems import lacking, systems

__all__ = ["Sink", "answering", "end_of", "lacking", "route", "systems", "told_before"]
