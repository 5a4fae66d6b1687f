"""The menu: each app declares its own items, the site puts them in order."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from anlan.desk.asker import Asker

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True, slots=True)
class Item:
    """One item; order: lower comes first · act: needed to see it, empty for all who signed in.

    group: items of one group share a drop-down; empty stands by itself.
    """

    order: int
    title: "StrPromise"
    url: str
    act: str = ""
    group: "StrPromise | str" = ""

    def is_for(self, asker: Asker) -> bool:
        """Whether the asker may go there."""
        return asker.is_known and (not self.act or asker.may(self.act))
