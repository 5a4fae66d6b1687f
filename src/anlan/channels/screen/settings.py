"""What signs the orders to screens, and how far they may go."""

from dataclasses import dataclass, field

from anlan.channels.broker import Broker
from anlan.terms.errors import Malformed

_SHORTEST = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """secret: what signs, 16 bytes or more · broker: of the screens written as
    `mqtt:name`; without it none is reached so · allows_private: also addresses of the own network ·
    ca_file: authorities trusted beside the system's, PEM · timeout_s: for one order · poll_s,
    patience_s: how often and how long a screen that has taken an order is asked for its state.

    Raises Malformed naming the field.
    """

    secret: str = field(repr=False)
    broker: Broker | None = None
    allows_private: bool = False
    ca_file: str = ""
    timeout_s: float = 10.0
    poll_s: float = 5.0
    patience_s: float = 1_800.0

    def __post_init__(self) -> None:
        if len(self.key) < _SHORTEST:
            raise Malformed(f"a key has {_SHORTEST} bytes or more", where="secret")
        if not 0 < self.timeout_s <= 300:
            raise Malformed("between 0 and 300 s", where="timeout_s")

    @property
    def key(self) -> bytes:
        """The bytes that sign."""
        return self.secret.encode()
