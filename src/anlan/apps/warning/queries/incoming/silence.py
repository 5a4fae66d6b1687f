"""Feeds that say nothing: not answering, or without anything new for longer than usual."""

from datetime import datetime

from anlan.apps.warning.models.incoming import Feed


def feeds() -> list[Feed]:
    """The feeds of the settings."""
    return list(Feed.objects.filter(is_set=True))


def silent(now: datetime) -> list[Feed]:
    """Those of which somebody must be told."""
    return [one for one in feeds() if one.is_mute(now) or one.is_stale(now)]
