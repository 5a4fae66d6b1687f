"""A message centre and its phones: CMPP and SMPP, with faults by choice."""

from anlan.sandtable.sinks.sms.centre import Centre
from anlan.sandtable.sinks.sms.cmpp import CmppSpeech
from anlan.sandtable.sinks.sms.faults import Faults
from anlan.sandtable.sinks.sms.phones import Phones
from anlan.sandtable.sinks.sms.smpp import SmppSpeech

__all__ = ["Centre", "CmppSpeech", "Faults", "Phones", "SmppSpeech"]
