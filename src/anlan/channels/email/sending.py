"""The channel `email`: what the mail server's answers mean."""

import smtplib
import ssl

from anlan.channels import Address, Fault, Message, Receipt, State, one_line
from anlan.channels.email.kept import Sessions
from anlan.channels.email.letter import MOST_BYTES, letter
from anlan.channels.email.mailbox import KIND, on_the_wire, reason_against
from anlan.channels.email.session import Session
from anlan.channels.email.settings import Settings
from anlan.terms.errors import Malformed

_OURS = {503, 530, 535, 538}  # not in order, log in first: said at RCPT, but not of the recipient
_FULL = 552  # "too many recipients" of old; RFC 5321, 4.5.3.1.10 wants it tried again


class Email:
    """Hands each mail to the mail server of the settings; thread-safe. A connection whose mail was
    taken is kept a moment for the next.

    Raises Malformed when the authorities' file cannot be read.
    """

    name = "email"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        try:
            context = ssl.create_default_context()
            if settings.ca_file:
                context.load_verify_locations(settings.ca_file)
        except OSError as error:
            raise Malformed(f"no certificates there: {error}", where="ca_file") from error
        self._sessions = Sessions(settings, context)

    def check(self, address: Address) -> str | None:
        """Why this is no mailbox, one of REASONS, or None."""
        return KIND if address.kind != self.name else reason_against(address.value)

    def send(self, message: Message, address: Address, *, now_ms: int) -> Receipt:
        """What the mail server answered; accepted means that it, not the reader, has the mail.

        A try that failed after the text was sent may have arrived all the same; the next one has
        the same Message-ID.
        """
        if reason := self.check(address):
            return Receipt.refused(now_ms, Fault.ADDRESS, reason)
        mail = letter(message, address.value, self.settings)
        if len(mail) > MOST_BYTES:
            return Receipt.refused(now_ms, Fault.CONTENT, "the message is too long for a mail")
        try:
            return self._handed(mail, to=on_the_wire(address.value), now_ms=now_ms)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            return Receipt.failed(now_ms, *_failure(error))

    def close(self) -> None:
        """Ends the connections that wait for another mail; those would end by themselves soon."""
        self._sessions.close()

    def _handed(self, mail: bytes, *, to: str, now_ms: int) -> Receipt:
        """The receipt of the three steps: sender, recipient, text."""
        session, code, told = self._sessions.begin(on_the_wire(self.settings.sender))
        receipt = None
        try:
            if code != 250:
                return Receipt.failed(now_ms, _fault(code), _said("the sender", code, told))
            receipt = _taken(session, mail, to=to, now_ms=now_ms)
            return receipt
        finally:
            if receipt is not None and receipt.state is State.ACCEPTED:
                self._sessions.keep(session)
            else:
                session.leave()


def _taken(session: Session, mail: bytes, *, to: str, now_ms: int) -> Receipt:
    """What becomes of a mail whose sender is let in."""
    code, told = session.rcpt(to)
    if code // 100 != 2:
        return _answered(now_ms, Fault.RECIPIENT, code, told=told)
    try:
        code, told = session.data(mail)
    except smtplib.SMTPDataError as error:
        code, told = error.smtp_code, _bytes(error.smtp_error)
    if code // 100 != 2:
        return _answered(now_ms, Fault.CONTENT, code, told=told)
    return Receipt.accepted(now_ms, told.decode("utf-8", "replace"))


def _answered(now_ms: int, fault: Fault, code: int, *, told: bytes) -> Receipt:
    """Refused for good by a 5xx about the recipient or the text, failed for now by the rest."""
    said = _said(f"the {fault}", code, told)
    if code // 100 == 5 and code != _FULL and code not in _OURS:
        return Receipt.refused(now_ms, fault, said)
    return Receipt.failed(now_ms, _fault(code), said)


def _fault(code: int) -> Fault:
    """The word for a code that ends a try for now: 4xx, 5xx about ourselves, nonsense."""
    if code // 100 == 4 or code == _FULL:
        return Fault.BUSY
    return Fault.SETTINGS if code // 100 == 5 else Fault.ANSWER


def _failure(error: Exception) -> tuple[Fault, str]:
    """The word and the sentence for what broke a session off."""
    causes = (error, error.__context__)
    if any(isinstance(cause, TimeoutError) for cause in causes):
        return Fault.TIMEOUT, "the mail server did not answer in time"
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return Fault.TLS, f"no safe connection to the mail server: {error}"
    match error:
        case smtplib.SMTPResponseException():
            code, told = error.smtp_code, _bytes(error.smtp_error)
            return _fault(code), _said("the connection", code, told)
        case smtplib.SMTPNotSupportedError():
            return Fault.SETTINGS, f"the mail server cannot do what is set: {error}"
        case smtplib.SMTPException() | ValueError():
            return Fault.ANSWER, f"the mail server broke off: {error}"
        case ConnectionResetError() | BrokenPipeError():
            return Fault.ANSWER, "the mail server broke off"
    return Fault.UNREACHABLE, f"the mail server cannot be reached: {error}"


def _said(what: str, code: int, told: bytes) -> str:
    words = one_line(told.decode("utf-8", "replace"), 300)
    return f"the mail server refuses {what}: {code} {words}"


def _bytes(told: bytes | str) -> bytes:
    return told if isinstance(told, bytes) else told.encode("utf-8", "replace")
