"""Call-downs 叫应: who must confirm a message, how they are asked, and what each said."""

from anlan.apps.warning.models.calling.call import Call
from anlan.apps.warning.models.calling.call_down import CallDown
from anlan.apps.warning.models.calling.letter import CallLetter, CallWord

__all__ = ["Call", "CallDown", "CallLetter", "CallWord"]
