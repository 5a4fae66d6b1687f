"""LED screens: one signed order to one screen, by HTTP or MQTT, after docs/reference/screens.md."""

from anlan.channels.screen.sending import Screen
from anlan.channels.screen.settings import Settings
from anlan.channels.screen.topics import NO_BROKER, SHAPE
from anlan.channels.web.target import REASONS as WEB

REASONS = (*WEB, SHAPE, NO_BROKER)
"""Every sentence that the check of an address can give."""

__all__ = ["REASONS", "Screen", "Settings"]
