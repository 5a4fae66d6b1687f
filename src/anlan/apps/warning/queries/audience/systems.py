"""The sinks that are no people: webhooks for what is meant, sandboxes for drills, devices."""

from urllib.parse import urlsplit

from django.conf import settings

from anlan.apps.warning.models import Addressee, Message, Warning
from anlan.apps.warning.queries.audience.devices import devices
from anlan.apps.warning.queries.audience.sinks import Sink
from anlan.channels.chat.room import label_of
from anlan.channels.sms.number import plain
from anlan.channels.voice.number import dialled

_BY, _STATUS = Addressee.By, Warning.Status
_DRILLS = (_STATUS.EXERCISE, _STATUS.TEST)


def systems(message: Message) -> list[Sink]:
    """All of them, whatever the status of the message: which it goes to is the router's."""
    options, warning = settings.PLACE.options, message.warning
    ends = [(_BY.WEBHOOK, _STATUS.ACTUAL, address) for address in options.warning_webhooks]
    ends += [(_BY.CHAT, _STATUS.ACTUAL, label_of(room)) for room in options.warning_chats]
    for status in _DRILLS:
        ends += [(_BY.EMAIL, status, address) for address in options.sandbox_mail]
        ends += [(_BY.WEBHOOK, status, address) for address in options.sandbox_webhook]
        ends += [(_BY.CHAT, status, label_of(room)) for room in options.sandbox_chat]
        ends += [(_BY.SMS, status, plain(number)) for number in options.sandbox_sms]
    named = [
        Sink(kind=kind, status=status, name=_name(kind, address), address=address,
             region=warning.region, owner=warning.owner)
        for kind, status, address in ends
    ]  # fmt: skip
    return named + devices(message)


def telephones(message: Message) -> list[Sink]:
    """The telephones that are called in place of everybody's in a drill."""
    warning = message.warning
    return [
        Sink(kind="voice", status=status, name=number[:128], address=dialled(number),
             region=warning.region, owner=warning.owner)
        for status in _DRILLS for number in settings.PLACE.options.sandbox_voice
    ]  # fmt: skip


def lacking(message: Message) -> list[str]:
    """The ways by which a drill goes nowhere, since no sandbox is set for them."""
    if message.status == _STATUS.ACTUAL:
        return []
    options = settings.PLACE.options
    known = {_BY.EMAIL: options.sandbox_mail, _BY.WEBHOOK: options.sandbox_webhook}
    if options.sms_gateway:
        known[_BY.SMS] = options.sandbox_sms
    if options.warning_chats:
        known[_BY.CHAT] = options.sandbox_chat
    return [str(kind) for kind, addresses in known.items() if not addresses]


def _name(kind: str, address: str) -> str:
    """A mailbox, a number, a group, or the host of a web address: its path may be a secret."""
    if kind != _BY.WEBHOOK:
        return address[:128]
    return (urlsplit(address).hostname or "")[:128]
