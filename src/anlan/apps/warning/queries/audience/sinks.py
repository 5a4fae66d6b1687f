"""Where a message can go, and the one rule of where it does."""

from collections.abc import Iterable
from dataclasses import dataclass

from anlan.apps.warning.models import Addressee, Message
from anlan.channels.sms.number import plain


def end_of(kind: str, address: str) -> tuple[str, str]:
    """One end by its kind and address; mailboxes know no capitals, numbers no spaces."""
    if kind == Addressee.By.SMS:
        return kind, plain(address) or address
    return kind, address.casefold() if kind == Addressee.By.EMAIL else address


@dataclass(frozen=True, slots=True, kw_only=True)
class Sink:
    """One end of a message. kind: as `Addressee.By`; phone for whom nobody can write to.

    status: Actual for people and systems at work; Exercise or Test for what takes those only ·
    address: a mailbox, a number, a web address; empty for phone · region, owner: whose it is.
    """

    kind: str
    status: str
    name: str
    region: str
    address: str = ""
    organisation: str = ""
    owner: str = ""
    phone: str = ""
    language: str = "zh-hans"

    @property
    def end(self) -> tuple[str, str]:
        """What is written to once, however many stand behind it."""
        return end_of(self.kind, self.address)

    @property
    def who(self) -> tuple[str, ...]:
        """What is listed once."""
        return *self.end, self.name, self.organisation, self.phone


def takes(sink: str, message: str) -> bool:
    """Whether an end of one status takes a message of another: of its own, and no other.

    The public's pages ask it too.
    """
    return sink == message


def route(message: Message, sinks: Iterable[Sink]) -> list[Sink]:
    """Of some sinks, those that a message goes to: of its own status, and no other; each once."""
    found = {sink.who: sink for sink in sinks if takes(sink.status, message.status)}
    return list(found.values())


def told_before(message: Message) -> list[Sink]:
    """The people whom an earlier message of the same course was for.

    Whoever was warned hears how it goes on, though the area or the tree has changed. Systems are
    those of the settings alone.
    """
    rows = Addressee.objects.filter(
        message__warning=message.warning_id, message__order__lt=message.order
    ).exclude(kind__in=(Addressee.By.WEBHOOK, Addressee.By.CHAT))
    return [
        Sink(
            kind=one.kind, status=one.message.status, name=one.name, region=one.region,
            address=one.notice.address if one.notice else "", organisation=one.organisation,
            owner=one.owner, phone=one.phone, language=one.language,
        )
        for one in rows.select_related("notice", "message")
    ]  # fmt: skip
