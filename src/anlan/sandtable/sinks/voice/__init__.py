"""A telephone exchange with its telephones, on a real socket, with faults by choice."""

from anlan.sandtable.sinks.voice.faults import Faults
from anlan.sandtable.sinks.voice.switch import Switch
from anlan.sandtable.sinks.voice.telephone import Rung

__all__ = ["Faults", "Rung", "Switch"]
