"""What an office keeps: areas that were drawn, recordings, and monthly reports that were closed."""

from anlan.apps.warning.models.shelf.area import SavedArea
from anlan.apps.warning.models.shelf.recording import Recording
from anlan.apps.warning.models.shelf.report import MonthReport

__all__ = ["MonthReport", "Recording", "SavedArea"]
