"""How rows of a sheet are written: the seam between the pages and where the rows live."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from anlan.desk.asker import Asker


class Change(NamedTuple):
    """A row to write: values to put in place of a standing row's, or of nothing; None ends it."""

    row: Any
    values: dict[str, Any] | None


class Writer(Protocol):
    """Writes all of some changes or none, with one audit line."""

    def version(self, row: Any) -> str:
        """What changes when the row does."""

    def write(self, asker: Asker, sheet: Any, changes: Sequence[Change], *, note: str = "") -> None:
        """Writes; Refused where a row is no longer as the changes take it to be.

        sheet: whose rows they are · note: what goes into the audit line, such as a file's digest.
        """
