"""Whether a message asks to be confirmed, and by what rule."""

from datetime import datetime

from anlan.apps.atlas.meaning import packs
from anlan.apps.warning.models import CallDown, Message, Warning
from anlan.packs import Calling
from anlan.packs.warning import CALLING
from anlan.terms.levels import Level

_NOBODY = Calling(answer_ms=0, tiers=0)
_WHY = CallDown.Why


def calling_of(message: Message) -> Calling:
    """What the pack says of the level of a message; the default where the pack is not known."""
    pack = packs().get(message.warning.pack)
    rules = pack.calling if pack else CALLING
    return rules.get(Level(message.content["level"]), _NOBODY)


def why(message: Message, now: datetime) -> CallDown.Why:
    """Whether it asks, or why it asks nobody.

    An update asks again where its level is higher than what was asked for last.
    """
    if message.kind == Warning.Kind.CANCEL:
        return _WHY.LIFTED
    if not calling_of(message).tiers:
        return _WHY.RULE
    expires = message.content["expires"]
    if expires and datetime.fromisoformat(expires) <= now:
        return _WHY.OVER
    asked = CallDown.objects.filter(
        message__warning=message.warning_id, message__order__lt=message.order, why=_WHY.ASKED
    ).select_related("message")
    last = asked.order_by("message__order").last()
    # Level 1 to 4 as `terms.levels` counts them: a larger number is worse.
    if last is not None and message.content["level"] <= last.message.content["level"]:
        return _WHY.SAME
    return _WHY.ASKED
