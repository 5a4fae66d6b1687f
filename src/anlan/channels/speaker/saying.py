"""What a loudspeaker is to say: a broadcast out of the CAP message that a notice carries."""

from datetime import UTC, datetime

from anlan.cap.message import Alert, Info, moment_of
from anlan.cap.national.colours import level_of_severity
from anlan.cap.read import read
from anlan.channels import Message, Status, one_line
from anlan.channels.sound import kind_of, recording_in, spoken
from anlan.channels.speaker.ebd.words import Audio, Broadcast, number_of
from anlan.channels.speaker.settings import Settings
from anlan.terms.errors import Malformed
from anlan.terms.levels import Level

_SPOKEN = {"zh": "zho", "en": "eng"}
_MOST_TITLE, _MOST_TEXT = 120, 3_000


def broadcast_for(message: Message, terminal: str, settings: Settings) -> Broadcast:
    """What is asked of the platform for one terminal or place.

    Raises Malformed where the notice carries no CAP message.
    """
    if message.body is None:
        raise Malformed("a broadcast needs the whole warning")
    frozen = read(message.body)
    if not frozen.info:
        raise Malformed("the warning says nothing")
    info, is_cancel = _info(frozen, message.language), frozen.msg_type == "Cancel"
    sent = _moment(frozen.sent)
    return Broadcast(
        id=number_of(settings.source, "EBM", frozen.identifier, terminal),
        is_cancel=is_cancel,
        replaces=_earlier(frozen, terminal, settings),
        sender=one_line(info.sender_name or frozen.sender, 120),
        sender_code=settings.source,
        sent=sent,
        event=info.event_code[0].value if info.event_code else info.event,
        level=5 - (level_of_severity(info.severity) or Level.BLUE),
        start=_moment(info.onset or info.effective or frozen.sent),
        end=moment_of(info.expires),
        language=_SPOKEN.get(info.spoken[:2].lower(), "zho"),
        title=one_line(message.subject, _MOST_TITLE),
        text=message.text[:_MOST_TEXT],
        areas=(terminal,),
        is_drill=message.status is not Status.ACTUAL,
        audio=None if is_cancel else _sound(info, message.text[:_MOST_TEXT], settings),
    )


def _info(frozen: Alert, language: str) -> Info:
    wanted = language[:2].lower()
    return next((i for i in frozen.info if i.spoken[:2].lower() == wanted), frozen.info[0])


def _earlier(frozen: Alert, terminal: str, settings: Settings) -> tuple[str, ...]:
    """The broadcasts of the messages that this one refers to, `sender,identifier,sent` each."""
    named = [one.split(",") for one in (frozen.references or "").split()]
    return tuple(
        number_of(settings.source, "EBM", parts[1], terminal) for parts in named if len(parts) == 3
    )


def _sound(info: Info, text: str, settings: Settings) -> Audio | None:
    """What was recorded for this warning, else the text as it is spoken here, else nothing."""
    if kept := recording_in(info, settings.recordings):
        data = kept.read_bytes()
        return Audio(f"recorded.{kind_of(data)}", data)
    wav = spoken(settings.speech, text)
    return Audio("spoken.wav", wav) if wav else None


def _moment(text: str) -> datetime:
    return moment_of(text) or datetime.fromtimestamp(0, UTC)
