"""Writes of the atlas."""

from anlan.apps.atlas.actions.found import found_city
from anlan.apps.atlas.actions.registry import follow_registry, follow_to

__all__ = ["follow_registry", "follow_to", "found_city"]
