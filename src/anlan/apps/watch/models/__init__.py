"""Alarms and everything that was done about them."""

from anlan.apps.watch.models.alarm import Alarm, Part, Source
from anlan.apps.watch.models.handling import Deadline, Picture, Step
from anlan.apps.watch.models.quiet import Maintenance, Shelf

__all__ = ["Alarm", "Deadline", "Maintenance", "Part", "Picture", "Shelf", "Source", "Step"]
