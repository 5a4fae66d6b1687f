"""LED screens: one signed JSON order to one screen, after docs/reference/screens.md."""

from anlan.channels.screen.sending import Screen
from anlan.channels.screen.settings import Settings
from anlan.channels.web.target import REASONS

__all__ = ["REASONS", "Screen", "Settings"]
