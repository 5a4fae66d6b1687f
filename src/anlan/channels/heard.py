"""What the far end says later: that a message arrived or did not, or what a person answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from anlan.channels import Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One word of the far end after the sending.

    key: names it for ever; told a second time it has the same · kind: the channel's name ·
    reference: what the next hop calls the message, as in the receipt of its sending; empty where
    it is not known · receipt: what became of the message, None for the answer of a person ·
    address: who answers · text: what was answered: the text, or the digit pressed · at: ms UTC.
    """

    key: str
    kind: str
    at: int
    reference: str = ""
    receipt: Receipt | None = None
    address: str = ""
    text: str = ""


@runtime_checkable
class Hearing(Protocol):
    """A channel whose far end speaks later. Neither verb raises for what the world does."""

    @property
    def name(self) -> str:
        """The kind of address it serves."""

    def heard(self, most: int) -> Sequence[Heard]:
        """What has come and was not taken yet, the oldest first; asks nobody, returns at once."""

    def take(self, keys: Sequence[str]) -> None:
        """These are kept: only now may the far end be told that they are."""
