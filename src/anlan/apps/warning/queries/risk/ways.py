"""By which ways somebody is told of a risk: those set up that reach them; drills in sandboxes
only."""

from django.conf import settings

from anlan.apps.warning.queries.calling.ways import EMAIL, SMS, VOICE
from anlan.channels.sms.number import plain
from anlan.channels.voice.number import dialled, reason_against
from anlan.terms.levels import Level


def ways_of(status: str, address: str, phone: str) -> dict[str, str]:
    """Kind to address; empty for whom only a call reaches."""
    options = settings.PLACE.options
    number = plain(phone) if options.sms_gateway else ""
    own = {EMAIL: address, SMS: number}
    if status != "Actual":
        sandbox = {EMAIL: options.sandbox_mail, SMS: options.sandbox_sms}
        own = {kind: next(iter(sandbox[kind]), "") for kind, end in own.items() if end}
    return {kind: end for kind, end in own.items() if end}


def call_of(status: str, phone: str, level: int) -> dict[str, str]:
    """Kind to number, where whoever is in charge is to be called by telephone as well: at orange
    and red; nobody is woken for less."""
    options = settings.PLACE.options
    if not options.voice_exchange or level < Level.ORANGE or reason_against(phone) is not None:
        return {}
    end = dialled(phone) if status == "Actual" else next(iter(options.sandbox_voice), "")
    return {VOICE: end} if end else {}
