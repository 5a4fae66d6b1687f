"""An LED screen on a real socket, with faults by choice."""

from anlan.sandtable.sinks.screen.board import Board, Faults

__all__ = ["Board", "Faults"]
