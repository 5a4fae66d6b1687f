"""What a pack says of warnings: those that go out, and official ones that come in."""

from anlan.packs.warning.incoming import read_incoming
from anlan.packs.warning.outgoing import CALLING, PLACES, ROLES, read_warning

__all__ = ["CALLING", "PLACES", "ROLES", "read_incoming", "read_warning"]
