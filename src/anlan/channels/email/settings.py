"""How the site's mail server is reached."""

from dataclasses import dataclass, field
from enum import StrEnum

from anlan.channels.email.mailbox import reason_against
from anlan.terms.errors import Malformed


class Security(StrEnum):
    """What guards the connection. STARTTLS is demanded, not tried: nothing falls back to none."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The mail server and the sender.

    ca_file: authorities trusted beside the system's, PEM, for a mail server with a certificate of
    its own house · timeout_s: for one mail from first to last,
    beside what the system takes to look a name up.

    Raises Malformed naming the field.
    """

    host: str
    sender: str
    port: int = 25
    security: Security = Security.STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)
    sender_name: str = ""
    ca_file: str = ""
    timeout_s: float = 20.0

    def __post_init__(self) -> None:
        wrong = {
            "host": not self.host or not self.host.isascii(),
            "sender": reason_against(self.sender) is not None,
            "port": not 0 < self.port < 65_536,
            "security": self.security not in list(Security),
            "user": not self.user.isascii(),
            "password": not self.password.isascii() or bool(self.password and not self.user),
            "timeout_s": not 0 < self.timeout_s <= 300,
        }
        for name in (name for name, is_wrong in wrong.items() if is_wrong):
            raise Malformed("not fit for the mail server", where=name)  # a password is not told
        object.__setattr__(self, "security", Security(self.security))
