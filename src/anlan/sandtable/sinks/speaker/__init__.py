"""A broadcast platform with its loudspeakers, on a real socket, with faults by choice."""

from anlan.sandtable.sinks.speaker.door import Door
from anlan.sandtable.sinks.speaker.faults import Faults
from anlan.sandtable.sinks.speaker.platform import Platform
from anlan.sandtable.sinks.speaker.terminals import Played, Terminals

__all__ = ["Door", "Faults", "Platform", "Played", "Terminals"]
