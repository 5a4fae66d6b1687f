"""Web push: one encrypted message to one browser, by the push service of its maker."""

from anlan.channels.push.browser import FORM, REASONS, Browser, browser_of
from anlan.channels.push.key import kept_key, made_key
from anlan.channels.push.sending import Push
from anlan.channels.push.settings import Settings

__all__ = ["FORM", "REASONS", "Browser", "Push", "Settings", "browser_of", "kept_key", "made_key"]
