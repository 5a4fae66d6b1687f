"""Who we are at the gateway, and how fast and how patient."""

from dataclasses import dataclass, field

from anlan.channels.sms.web.gateway import Gateway
from anlan.terms.errors import Malformed


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """gateway: as its file describes it · user, password: the account; the password signs, too ·
    sender: what phones see · rate: messages a second · timeout_s: for one message.

    Raises Malformed naming the field.
    """

    gateway: Gateway
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""
    rate: int = 50
    allows_private: bool = True
    ca_file: str = ""
    timeout_s: float = 20.0

    def __post_init__(self) -> None:
        wrong = {
            "user": not self.user.isprintable(),
            "password": not self.password.isprintable(),
            "sender": not self.sender.isprintable(),
            "rate": not 0 < self.rate <= 10_000,
            "timeout_s": not 0 < self.timeout_s <= 120,
        }
        for name in (name for name, is_wrong in wrong.items() if is_wrong):
            raise Malformed("not fit for the gateway", where=name)  # a password is not told
