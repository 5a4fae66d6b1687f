"""A lasting connection to a message centre, and what is on its way through it."""

from anlan.channels.sms.session.post import Post

__all__ = ["Post"]
