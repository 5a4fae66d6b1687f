"""CMPP 3.0 and 2.0: how the message centres of China Mobile are spoken to."""

from anlan.channels.sms.cmpp.tongue import Cmpp

__all__ = ["Cmpp"]
