"""SMS 短信: one text to one mobile number, by CMPP or SMPP."""

from anlan.channels.sms.number import REASONS
from anlan.channels.sms.sending import Sms
from anlan.channels.sms.settings import Settings

__all__ = ["REASONS", "Settings", "Sms"]
