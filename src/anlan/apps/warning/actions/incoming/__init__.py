"""Official warnings that come in: feeds are looked at, and what they bring is kept."""

from anlan.apps.warning.actions.incoming.drafting import draft_from_incoming
from anlan.apps.warning.actions.incoming.following import keep_lowering
from anlan.apps.warning.actions.incoming.looking import Listener
from anlan.apps.warning.actions.incoming.taking import take_in

__all__ = ["Listener", "draft_from_incoming", "keep_lowering", "take_in"]
