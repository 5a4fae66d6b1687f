"""Voice 语音电话: one call to one telephone by SIP, answered by a key press."""

from anlan.channels.voice.number import REASONS
from anlan.channels.voice.sending import Voice
from anlan.channels.voice.settings import Settings

__all__ = ["REASONS", "Settings", "Voice"]
