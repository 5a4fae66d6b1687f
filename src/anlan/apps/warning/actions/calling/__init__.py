"""Call-downs 叫应: whoever answers for a place warned must confirm, or the next is asked.

Every write of a course locks its call-down first; what was asked has a row with a key of its own.
So whoever is killed, however many workers there are, nobody is asked twice for the same.
"""

from anlan.apps.warning.actions.calling.by_hand import close_by_hand, confirm, pass_on
from anlan.apps.warning.actions.calling.linked import confirm_by_link, letter_of
from anlan.apps.warning.actions.calling.steps import keep_calling

__all__ = [
    "close_by_hand",
    "confirm",
    "confirm_by_link",
    "keep_calling",
    "letter_of",
    "pass_on",
]
