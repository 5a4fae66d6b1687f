"""The public's pages that need the records: the look-up of a place, and subscriptions."""

from anlan.apps.portal.views.here import here
from anlan.apps.portal.views.subscribing import stop, subscribe, subscriptions

__all__ = ["here", "stop", "subscribe", "subscriptions"]
