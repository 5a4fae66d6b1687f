"""What a reader says about a warning."""

from typing import NamedTuple


class Remark(NamedTuple):
    """field: what it is about · text: for the writer · stops: it cannot be submitted so."""

    field: str
    text: str
    stops: bool = True
