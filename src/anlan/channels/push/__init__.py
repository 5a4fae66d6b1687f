"""Web push: one encrypted message to one browser, by the push service of its maker."""

from anlan.channels.push.browser import REASONS, Browser, browser_of
from anlan.channels.push.sending import Push
from anlan.channels.push.settings import Settings

__all__ = ["REASONS", "Browser", "Push", "Settings", "browser_of"]
