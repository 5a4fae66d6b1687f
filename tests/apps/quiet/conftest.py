"""The night of the watch, for its quiet pages."""

from tests.apps.watch.conftest import night, objects

__all__ = ["night", "objects"]
