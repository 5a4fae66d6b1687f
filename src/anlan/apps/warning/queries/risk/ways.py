"""By which ways somebody is told of a risk: those set up that reach them; drills in sandboxes
only."""

from django.conf import settings

from anlan.channels.sms.number import plain

EMAIL, SMS = "email", "sms"


def ways_of(status: str, address: str, phone: str) -> dict[str, str]:
    """Kind to address; empty for whom only a call reaches."""
    options = settings.PLACE.options
    number = plain(phone) if options.sms_gateway else ""
    own = {EMAIL: address, SMS: number}
    if status != "Actual":
        sandbox = {EMAIL: options.sandbox_mail, SMS: options.sandbox_sms}
        own = {kind: next(iter(sandbox[kind]), "") for kind, end in own.items() if end}
    return {kind: end for kind, end in own.items() if end}
