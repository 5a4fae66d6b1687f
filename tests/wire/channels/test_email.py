"""What a mail server and a reader of mail get, and what the server's answers mean."""

import os
import resource
import time
from contextlib import ExitStack
from email import message_from_bytes, policy
from email.message import EmailMessage
from ssl import SSLContext
from unittest.mock import patch

import pytest

from anlan.channels import Address, Fault, Message, Receipt, State, Status
from anlan.channels.email import Email, Security, Settings, kept
from anlan.channels.email.letter import letter
from anlan.terms.errors import Malformed
from anlan.terms.times import FIRST_MS, LAST_MS
from tests.wire.channels.certificates import Authority
from tests.wire.channels.conftest import a_message
from tests.wire.channels.peers import Mailbox, Peer
from tests.wire.channels.real import Real

NOW_MS = 1_782_880_805_000
TO = Address("email", "li.wei@wutong.example")


def settings(**fields: object) -> Settings:
    usual: dict[str, object] = {
        "host": "localhost",
        "sender": "duty@anlan.example",
        "security": Security.NONE,
    }
    return Settings(**(usual | fields))  # type: ignore[arg-type] # the fields are the test's


def sent(mailbox: Mailbox, to: Address = TO, /, **fields: object) -> Receipt:
    with Peer(mailbox) as peer:
        return Email(settings(port=peer.port, **fields)).send(a_message(), to, now_ms=NOW_MS)


def read(message: Message, **fields: object) -> EmailMessage:
    """The mail as a reader's program understands it."""
    parsed = message_from_bytes(
        letter(message, TO.value, settings(**fields)), policy=policy.default
    )
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    return parsed


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n").rstrip("\n")


def test_a_reader_sees_chinese_and_the_mark() -> None:
    message = a_message(status=Status.EXERCISE, html="<p>请核实</p>")
    mail = read(message, sender_name="安澜值班")
    assert mail["Subject"] == message.subject == "【演练】梧桐县清水河站水位超保证水位"
    assert mail["From"] == "安澜值班 <duty@anlan.example>"
    assert mail["To"] == TO.value
    assert mail["Date"].datetime.timestamp() * 1000 == message.created_at
    assert text_of(mail) == message.text
    assert "<p><strong>【演练】</strong></p><p>请核实</p>" in text_of(mail, "html")


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_a_mail_program_can_end_such_mails_by_one_press(language: str) -> None:
    page = "https://anlan.county.example/public/zh/stop?t=" + "x" * 300
    mail = letter(a_message(stop=page, language=language), TO.value, settings())
    head = mail.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    assert f"List-Unsubscribe: <{page}>" in head
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head
    assert text_of(read(a_message(stop=page, language=language))).endswith(page)
    assert "List-Unsubscribe" not in letter(a_message(), TO.value, settings()).decode()


@pytest.mark.parametrize("page", ["mailto:a@b.example", "https://x.example/\r\nBcc: b", "/stop"])
def test_what_ends_mails_is_a_page(page: str) -> None:
    with pytest.raises(Malformed):
        a_message(stop=page)


def test_every_try_is_the_same_mail_under_the_same_id() -> None:
    message = a_message(html="<p>x</p>")
    assert letter(message, TO.value, settings()) == letter(message, TO.value, settings())
    other = a_message(key="watch.17:closed")
    assert read(message)["Message-ID"] != read(other)["Message-ID"]
    assert read(message)["Message-ID"].endswith("@anlan.example>")


@pytest.mark.parametrize(
    "subject",
    [
        "水位\r\nBcc: x@y.example",
        "=?utf-8?q?=0D=0ABcc:_x@y.example?=",
        "水 =?utf-8?b?DQpCY2M6IHhAeQ==?= 位",
        "\u2028Bcc: x@y.example",
        "字" * 300,
        "😀 " * 100,
        "x" * 90 + " ?é <Bcc: a@b?",
        'a "b" <c>, d; \\',
    ],
)
def test_no_subject_becomes_a_header(subject: str) -> None:
    message = a_message(subject=subject)
    mail = read(message, sender_name=subject)
    assert str(mail["Subject"]) == message.subject
    assert mail["Bcc"] is None
    assert len(mail.keys()) == len(read(a_message()).keys())
    raw = letter(message, TO.value, settings())
    assert max(len(line) for line in raw.split(b"\r\n")) < 100
    assert b"\n" not in raw.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    "value",
    [
        "li@x.example\r\nRCPT TO:<y@z.example>",
        "li@x.example>,<y@z.example",
        "li@x.example, y@z.example",
        '"a b"@x.example',
        "李@x.example",
        "li@x..example",
        "li@-x.example",
        "<li@x.example>",
        "li@[127.0.0.1]",
        "li.@x.example",
    ],
)
def test_what_is_not_one_mailbox_is_refused(value: str) -> None:
    mailbox = Mailbox()
    receipt = sent(mailbox, Address("email", value))
    assert (receipt.state, receipt.fault) == (State.REFUSED, Fault.ADDRESS)
    assert not mailbox.heard


def test_a_chinese_domain_is_written_in_latin() -> None:
    mailbox = Mailbox()
    assert sent(mailbox, Address("email", "li@应急.example")).state is State.ACCEPTED
    assert "li@xn--extu8a.example" in mailbox.heard[2]


def test_a_line_with_only_a_dot_does_not_end_the_mail() -> None:
    mailbox = Mailbox()
    message = a_message(text="一\n.\n二")
    with Peer(mailbox) as peer:
        Email(settings(port=peer.port)).send(message, TO, now_ms=NOW_MS)
    mail = message_from_bytes(mailbox.mails[0], policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert text_of(mail).startswith("一\n.\n二")


@pytest.mark.parametrize(
    ("verb", "answer", "state", "fault"),
    [
        ("HELLO", "554 no service", State.FAILED, Fault.SETTINGS),
        ("HELLO", "421 too many", State.FAILED, Fault.BUSY),
        ("MAIL", "553 not your address", State.FAILED, Fault.SETTINGS),
        ("MAIL", "451 later", State.FAILED, Fault.BUSY),
        ("RCPT", "251 will forward", State.ACCEPTED, None),
        ("RCPT", "450 mailbox busy", State.FAILED, Fault.BUSY),
        ("RCPT", "530 log in first", State.FAILED, Fault.SETTINGS),
        ("RCPT", "550 no such user", State.REFUSED, Fault.RECIPIENT),
        ("RCPT", "552 too many", State.FAILED, Fault.BUSY),
        ("RCPT", "553 no such name", State.REFUSED, Fault.RECIPIENT),
        ("DATA", "451 later", State.FAILED, Fault.BUSY),
        ("DATA", "554 no valid recipients", State.REFUSED, Fault.CONTENT),
        ("END", "452 disk full", State.FAILED, Fault.BUSY),
        ("END", "550 looks like spam", State.REFUSED, Fault.CONTENT),
        ("QUIT", "cut", State.ACCEPTED, None),
    ],
)
def test_an_answer_means(verb: str, answer: str, state: State, fault: Fault | None) -> None:
    receipt = sent(Mailbox({verb: answer}))
    assert (receipt.state, receipt.fault) == (state, fault)
    if fault is not None:
        assert answer in receipt.reason


@pytest.mark.parametrize("login", [{}, {"user": "duty", "password": "secret"}])
def test_it_never_falls_back_to_an_open_connection(login: dict[str, object]) -> None:
    mailbox = Mailbox()
    receipt = sent(mailbox, security=Security.STARTTLS, **login)
    assert (receipt.state, receipt.fault) == (State.FAILED, Fault.SETTINGS)
    assert not any("AUTH" in line or "MAIL" in line for line in mailbox.heard)


@pytest.mark.parametrize("challenge", ["334 ???", "334 " + "A" * 5_000, "334 \xff", "235"])
def test_a_login_that_asks_for_nonsense_is_a_failure(challenge: str) -> None:
    greeting = "250-mail.example\r\n250 AUTH CRAM-MD5 PLAIN LOGIN"
    mailbox = Mailbox({"EHLO": greeting, "AUTH": challenge, "MAIL": "530 log in first"})
    receipt = sent(mailbox, user="duty", password="secret")
    assert receipt.state is State.FAILED


@pytest.mark.parametrize("created_at", [FIRST_MS, LAST_MS])
def test_any_moment_of_the_calendar_can_be_written(created_at: int) -> None:
    assert read(a_message(created_at=created_at))["Date"] is not None


def test_starttls_with_a_stranger_ends_there(stranger: Authority) -> None:
    mailbox = Mailbox(starttls=stranger.server("localhost"))
    receipt = sent(mailbox, security=Security.STARTTLS)
    assert (receipt.state, receipt.fault) == (State.FAILED, Fault.TLS)
    assert not any("MAIL" in line for line in mailbox.heard)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("host", ""),
        ("port", 0),
        ("sender", "duty"),
        ("sender", "duty@x.example\r\nBcc: y@z.example"),
        ("security", "ssl"),
        ("password", "密码"),
        ("password", "without a user"),
        ("timeout_s", 0.0),
    ],
)
def test_a_setting_that_is_wrong_is_named(field: str, value: object) -> None:
    with pytest.raises(Malformed) as error:
        settings(**{field: value})
    assert error.value.where == field
    assert "密码" not in str(error.value)


def test_a_file_of_authorities_that_is_missing_is_named(missing_file: str) -> None:
    with pytest.raises(Malformed, match="ca_file"):
        Email(settings(ca_file=missing_file))


def test_the_password_is_not_shown() -> None:
    assert "secret" not in repr(settings(user="duty", password="secret"))


def test_starttls_and_login_with_a_real_server(localhost: SSLContext, authority: Authority) -> None:
    safe = {"security": Security.STARTTLS, "ca_file": authority.file, "user": "duty"}
    with Real(localhost) as real:
        good = Email(settings(port=real.port, password="secret", **safe))
        assert good.send(a_message(), TO, now_ms=NOW_MS).state is State.ACCEPTED
        good.close()
        bad = Email(settings(port=real.port, password="wrong", **safe))
        refused = bad.send(a_message(), TO, now_ms=NOW_MS)
    assert (refused.state, refused.fault) == (State.FAILED, Fault.SETTINGS)
    assert real.subjects == [a_message().subject]


def test_mails_in_a_row_go_over_one_connection_that_then_says_goodbye() -> None:
    mailbox = Mailbox()
    with Peer(mailbox) as peer, patch.object(kept, "IDLE_S", 3.0):
        email = Email(settings(port=peer.port))
        states = {email.send(a_message(), TO, now_ms=NOW_MS).state for _ in range(3)}
        until_s = time.monotonic() + 60
        while "quit" not in mailbox.heard and time.monotonic() < until_s:
            time.sleep(0.02)
    assert "quit" in mailbox.heard
    assert states == {State.ACCEPTED}
    assert (peer.connections, len(mailbox.mails)) == (1, 3)


@pytest.mark.parametrize("second", ["cut", "421 you have talked enough", "451 later"])
def test_a_connection_that_has_had_enough_costs_no_mail(second: str) -> None:
    mailbox = Mailbox()
    with Peer(mailbox) as peer, patch.object(kept, "IDLE_S", 60.0):
        email = Email(settings(port=peer.port))
        assert email.send(a_message(), TO, now_ms=NOW_MS).state is State.ACCEPTED
        mailbox.says_once["MAIL"] = second
        assert email.send(a_message(), TO, now_ms=NOW_MS).state is State.ACCEPTED
    assert (peer.connections, len(mailbox.mails)) == (2, 2)


def test_a_connection_that_was_ended_meanwhile_is_not_used() -> None:
    with Peer(Mailbox()) as peer, patch.object(kept, "MOST_MAILS", 2):
        email = Email(settings(port=peer.port))
        states = {email.send(a_message(), TO, now_ms=NOW_MS).state for _ in range(5)}
    assert (states, peer.connections) == ({State.ACCEPTED}, 3)


def test_after_a_refusal_nothing_of_it_hangs_on() -> None:
    mailbox = Mailbox()
    mailbox.says_once["RCPT"] = "550 no such user"
    with Peer(mailbox) as peer:
        email = Email(settings(port=peer.port))
        first, second = (email.send(a_message(), TO, now_ms=NOW_MS).state for _ in range(2))
    assert (first, second) == (State.REFUSED, State.ACCEPTED)
    assert peer.connections == 2


def test_connections_are_kept_beside_a_thousand_others() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2_048), hard))
    with ExitStack() as others:
        others.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        for _ in range(1_100):
            others.callback(os.close, os.open(os.devnull, os.O_RDONLY))
        with Peer(Mailbox()) as peer:
            email = Email(settings(port=peer.port))
            states = {email.send(a_message(), TO, now_ms=NOW_MS).state for _ in range(2)}
            email.close()
    assert (states, peer.connections) == ({State.ACCEPTED}, 1)
