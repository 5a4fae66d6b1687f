"""SMS to very many, part by part, to a message centre by CMPP or SMPP."""

from anlan.channels.sms.many.noted import Noted
from anlan.channels.sms.many.sending import Keeper, SmsToMany

__all__ = ["Keeper", "Noted", "SmsToMany"]
