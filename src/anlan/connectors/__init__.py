"""World → readings: one folder per protocol, a pure codec and a session each.

What every connector hands over, and the door it hands it to. A connector knows no rules, no
registry and no other connector: keys are text, and whether a sensor exists is the sink's to say.
"""

# house: a folder for each protocol, and beside them what they share
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from anlan.terms.readings import Reading

__all__ = ["Fault", "Reading", "Sink"]


class Fault(NamedTuple):
    """Something that came and is no reading: a code, a sentence why, and what came.

    rows: how many it stands for, where not each is told by itself.
    """

    code: str
    reason: str
    text: bytes
    rows: int = 1


class Sink(Protocol):
    """Where a connector puts what it received."""

    def put(self, readings: Sequence[Reading], faults: Sequence[Fault]) -> None:
        """Returns when everything is durable, readings stored or set aside with a reason.

        Raises Unavailable when that is not possible now: then nothing may have been taken, or all,
        and the same comes again. A reading put twice changes nothing, as sensor and time name it.
        """
