"""Which groups there are, and how far the way there may go."""

from dataclasses import dataclass, field

from anlan.channels.chat.room import room_of
from anlan.terms.errors import Malformed


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The groups as the options write them.

    at_all: everybody of a group is called to a message that is urgent · rate: messages a minute to
    one group, as the vendors bound it · allows_private: also addresses of the own network ·
    timeout_s: for one message.

    Raises Malformed naming the field.
    """

    rooms: tuple[str, ...] = field(repr=False)
    at_all: bool = False
    rate: int = 20
    allows_private: bool = False
    ca_file: str = ""
    timeout_s: float = 10.0

    def __post_init__(self) -> None:
        wrong = {
            "rooms": not all(map(room_of, self.rooms)),
            "rate": not 0 < self.rate <= 1_000,
            "timeout_s": not 0 < self.timeout_s <= 300,
        }
        for name in (name for name, is_wrong in wrong.items() if is_wrong):
            raise Malformed("not fit for chat groups", where=name)  # a key is not told
