"""Pages of the watch."""

from anlan.apps.watch.views.desk import desk

__all__ = ["desk"]
