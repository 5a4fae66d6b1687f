"""What an office keeps for the warnings to come: areas that were drawn, and recordings."""

from anlan.apps.warning.models.shelf.area import SavedArea
from anlan.apps.warning.models.shelf.recording import Recording

__all__ = ["Recording", "SavedArea"]
