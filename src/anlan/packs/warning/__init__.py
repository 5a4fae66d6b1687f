"""What a pack says of warnings: those that go out, and official ones that come in."""

from anlan.packs.warning.incoming import read_incoming
from anlan.packs.warning.outgoing import CALLING, PLACES, ROLES, read_warning
from anlan.packs.warning.pushing import PUSHING, SEATS

__all__ = ["CALLING", "PLACES", "PUSHING", "ROLES", "SEATS", "read_incoming", "read_warning"]
