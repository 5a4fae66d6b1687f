"""Who asks: what the page kit needs to know of a person, fulfilled by the people app."""

from datetime import datetime
from typing import Protocol

from anlan.terms.places import Scope


class Asker(Protocol):
    """A person, a key or nobody, at the moment of a request."""

    @property
    def key(self) -> str:
        """Its stable name in the audit chain."""

    @property
    def name(self) -> str:
        """What a page calls it."""

    @property
    def is_known(self) -> bool:
        """Whether it has signed in."""

    @property
    def program(self) -> str:
        """The name of the key that a program asks with; empty for a person."""

    @property
    def scope(self) -> Scope:
        """What it may see."""

    @property
    def now(self) -> datetime:
        """The moment of asking, UTC."""

    def may(self, act: str, region: str | None = None, owner: str = "") -> bool:
        """Whether it may do an act at all, or to a thing of that region and owner."""

    def scope_for(self, act: str) -> Scope:
        """Where it may do an act."""
