"""LED screens that do as they are told, with faults by choice."""

from anlan.sandtable.sinks.screen.board import Board, Wall
from anlan.sandtable.sinks.screen.display import Display, Faults
from anlan.sandtable.sinks.screen.subscriber import Subscriber

__all__ = ["Board", "Display", "Faults", "Subscriber", "Wall"]
