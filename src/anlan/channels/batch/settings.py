"""How the gateway for batches of numbers is reached."""

from dataclasses import dataclass, field

from anlan.channels.web.target import Target, target_of
from anlan.terms.errors import Malformed


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The gateway's web address, our key there, and how much at a time.

    key: goes as a bearer token · most: numbers in one request · rate: numbers a second, 0 for no
    bound · timeout_s: for one request.

    Raises Malformed naming the field.
    """

    gateway: str
    key: str = field(default="", repr=False)
    most: int = 500
    rate: int = 0
    allows_private: bool = True
    ca_file: str = ""
    timeout_s: float = 20.0

    def __post_init__(self) -> None:
        wrong = {
            "gateway": not isinstance(self._where(), Target),
            "key": not (self.key.isascii() and (self.key.isprintable() or not self.key)),
            "most": not 0 < self.most <= 10_000,
            "rate": self.rate < 0,
            "timeout_s": not 0 < self.timeout_s <= 300,
        }
        for name in (name for name, is_wrong in wrong.items() if is_wrong):
            raise Malformed("not fit for the gateway", where=name)  # a key is not told

    @property
    def target(self) -> Target:
        """The parts of its address."""
        where = self._where()
        if isinstance(where, str):
            raise Malformed(where, where="gateway")
        return where

    def _where(self) -> Target | str:
        return target_of(self.gateway, allows_private=self.allows_private)
