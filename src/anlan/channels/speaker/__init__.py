"""Emergency loudspeakers 应急广播: signed EBD packages to the broadcast platform of the site."""

from anlan.channels.speaker.sending import REASONS, Speaker
from anlan.channels.speaker.settings import Settings

__all__ = ["REASONS", "Settings", "Speaker"]
