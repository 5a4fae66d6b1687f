"""What became of one of very many, in one octet: what it is, and where it failed, by what fault."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from anlan.channels import Fault, Receipt, State

_FAULTS = list(Fault)


class Outcome(IntEnum):
    """The upper half of the octet; the lower is the number of the last fault, 0 for none."""

    WAITING = 0x00
    HANDED = 0x10  # the next hop has it
    DELIVERED = 0x20  # it is there, says the far end
    REFUSED = 0x30
    GIVEN_UP = 0x40
    STOPPED = 0x50  # asked meanwhile to be told no more
    REPLACED = 0x60  # a later message of the same course goes there instead
    OVER = 0x70  # the warning ended before it could leave


_OF_RECEIPT = {
    State.ACCEPTED: Outcome.HANDED, State.DELIVERED: Outcome.DELIVERED,
    State.REFUSED: Outcome.REFUSED, State.FAILED: Outcome.WAITING,
}  # fmt: skip


def code_of(receipt: Receipt) -> int:
    """The octet of a receipt; what failed for now goes on waiting."""
    fault = _FAULTS.index(receipt.fault) + 1 if receipt.fault is not None else 0
    return _OF_RECEIPT[receipt.state] | fault


def is_waiting(codes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Of which octets it is not decided yet."""
    found: NDArray[np.bool_] = codes < Outcome.HANDED
    return found


def name_of(code: int) -> tuple[Outcome, Fault | None]:
    """What an octet says."""
    fault = code & 0x0F
    return Outcome(code & 0xF0), _FAULTS[fault - 1] if 0 < fault <= len(_FAULTS) else None


def tally(codes: NDArray[np.uint8]) -> dict[str, int]:
    """How many of each octet there are, as JSON can hold it."""
    counts = np.bincount(codes, minlength=1)
    return {str(code): int(counts[code]) for code in np.flatnonzero(counts)}
