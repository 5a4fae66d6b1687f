"""What signs the messages, and how far they may go."""

from base64 import b64decode
from dataclasses import dataclass, field

from anlan.terms.errors import Malformed

_SHORTEST = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The key, the reach and the patience.

    secret: at least 16 bytes; `whsec_` and base64, or a text as it is · allows_private: also
    addresses of the own machine and network · ca_file: authorities trusted beside the system's,
    PEM · timeout_s: for one message from first to last,
    beside what the system takes to look a name up.

    Raises Malformed naming the field.
    """

    secret: str = field(repr=False)
    allows_private: bool = False
    ca_file: str = ""
    timeout_s: float = 10.0

    def __post_init__(self) -> None:
        if len(self.key) < _SHORTEST:
            raise Malformed(f"a key has {_SHORTEST} bytes or more", where="secret")
        if not 0 < self.timeout_s <= 300:
            raise Malformed("between 0 and 300 s", where="timeout_s")

    @property
    def key(self) -> bytes:
        """The bytes that sign."""
        if not self.secret.startswith("whsec_"):
            return self.secret.encode()
        try:
            return b64decode(self.secret.removeprefix("whsec_"), validate=True)
        except ValueError as error:
            raise Malformed("what follows whsec_ is not base64", where="secret") from error
