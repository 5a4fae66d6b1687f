"""SMPP 3.4: how most message centres of the world are spoken to."""

from anlan.channels.sms.smpp.tongue import Smpp

__all__ = ["Smpp"]
