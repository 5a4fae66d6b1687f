"""A whole course through a real mail server and a real receiver: in order and once, whoever is
killed, whoever hangs, however many workers there are."""

import asyncio
import hashlib
import hmac
import socket
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from django.db import connection

from anlan.apps.people.actions import send_due
from anlan.apps.people.actions.notices.hands import Hands
from anlan.apps.people.actions.notices.outbox import LEASE, settle_rest
from anlan.apps.people.models import Notice
from anlan.apps.warning.actions import handing
from anlan.apps.warning.actions.handing import hand_over
from anlan.apps.warning.models import Addressee, HandOver
from anlan.cap.read import read
from anlan.channels import Channel
from anlan.site.crew.ways import ways_out
from tests.apps.warning.conftest import Office
from tests.apps.warning.reaching import (
    WRITTEN,
    forget_letters,
    plant_tree,
    set_options,
    told,
    went_on,
)
from tests.apps.warning.test_at_once import together

SECRET = "a key of more than 16 bytes"
_KINDS = ["Alert", "Update", "Cancel"]


class MailServer:
    """aiosmtpd; `letters`: (address, subject, Message-ID) in order. One address may hang."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.letters: list[tuple[str, str, str]] = []
        self.hangs, self.opened = "", threading.Event()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def __enter__(self) -> "MailServer":
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.opened.set()
        with suppress(OSError):
            self._controller.stop()

    async def handle_RCPT(self, *args: Any) -> str:  # noqa: N802 # aiosmtpd calls it so
        envelope, address = args[2], args[3]
        while address == self.hangs and not self.opened.is_set():
            await asyncio.sleep(0.02)
        envelope.rcpt_tos.append(address)
        return "250 known"

    async def handle_DATA(self, *args: Any) -> str:  # noqa: N802 # aiosmtpd calls it so
        envelope: Envelope = args[-1]
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        self.letters.append((envelope.rcpt_tos[0], str(mail["Subject"]), str(mail["Message-ID"])))
        return "250 taken"

    def to(self, address: str) -> list[str]:
        """The subjects of what came for an address, in order."""
        return [subject for to, subject, _id in self.letters if to == address]


class Receiver(ThreadingHTTPServer):
    """Takes what is posted; `taken`: headers and bodies in order."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Take)
        self.taken: list[tuple[dict[str, str], bytes]] = []


class _Take(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:  # the library calls it so
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append(({k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # the library's word
        """Says nothing."""


@contextmanager
def far_ends() -> Iterator[tuple[MailServer, Receiver]]:
    """Both at work."""
    with MailServer() as mail, Receiver() as receiver:
        thread = threading.Thread(target=receiver.serve_forever, daemon=True)
        thread.start()
        try:
            yield mail, receiver
        finally:
            receiver.shutdown()
            thread.join(5)


@pytest.fixture
def ends() -> Iterator[tuple[MailServer, Receiver]]:
    """A mail server and a receiver of webhooks."""
    with far_ends() as both:
        yield both


def wired(settings: Any, mail: MailServer, receiver: Receiver, **more: Any) -> list[Channel]:
    """The ways out of a site that is set up for both."""
    port = receiver.server_address[1]
    options = set_options(
        settings, smtp_host="127.0.0.1", smtp_port=mail.port, smtp_security="none",
        mail_from="anlan@demo.invalid", webhook_secret=SECRET, webhook_private=True,
        warning_webhooks=(f"http://127.0.0.1:{port}/in",), warning_webhook_form="xml", **more,
    )  # fmt: skip
    return ways_out(options)


def work(ways: list[Channel], now: datetime, hands: Hands | None = None) -> None:
    """A worker, until there is nothing more to do."""
    while hand_over(now) + send_due(ways, now, hands):
        continue
    if hands is not None:
        settle_rest(hands, now, most_s=20.0)


@pytest.mark.django_db
def test_alert_update_and_cancel_arrive_in_order_and_once(
    office: Office, settings: Any, ends: tuple[MailServer, Receiver]
) -> None:
    plant_tree(office)
    mail, receiver = ends
    ways, hands = wired(settings, mail, receiver), Hands(each=4)
    one = office.issued()
    one = went_on(office, one, "update")
    one = went_on(office, one, "cancel")
    forget_letters()
    for _again in range(3):
        work(ways, office.now, hands)
    sent = [read(message.xml) for message in one.messages.order_by("order")]
    for address in WRITTEN:
        spoken = 1 if address == "chief@demo.invalid" else 0
        assert mail.to(address) == [told.info[spoken].headline for told in sent]
    assert len({name for _to, _subject, name in mail.letters}) == len(mail.letters)
    assert [body for _headers, body in receiver.taken] == [m.xml for m in one.messages.all()]
    for headers, body in receiver.taken:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        digest = hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()
        assert headers["webhook-signature"] == "v1," + b64encode(digest).decode()
        assert headers["content-type"] == "application/cap+xml; charset=utf-8"
    states = {(n.kind, n.state) for n in told()}
    assert states == {("email", "sent"), ("webhook", "sent")}


@pytest.mark.django_db
def test_one_mailbox_that_hangs_delays_no_other_and_keeps_its_order(
    office: Office, settings: Any, ends: tuple[MailServer, Receiver]
) -> None:
    plant_tree(office)
    mail, receiver = ends
    ways, hands = wired(settings, mail, receiver), Hands(each=4)
    mail.hangs = "Town@demo.invalid"
    one = office.issued()
    went_on(office, one, "cancel")
    forget_letters()
    while len(mail.letters) < 2 * (len(WRITTEN) - 1) or len(receiver.taken) < 2:
        hand_over(office.now)
        send_due(ways, office.now, hands)
    assert mail.to(mail.hangs) == []
    waiting = Notice.objects.filter(address=mail.hangs).order_by("pk")
    assert [n.tries for n in waiting] == [1, 0]
    mail.opened.set()
    settle_rest(hands, office.now, most_s=20.0)
    work(ways, office.now, hands)
    assert [subject[7:11] for subject in mail.to(mail.hangs)] == ["局发布洪", "局解除洪"]


@pytest.mark.django_db
def test_a_drill_reaches_the_sandbox_alone(
    office: Office, settings: Any, ends: tuple[MailServer, Receiver]
) -> None:
    plant_tree(office)
    mail, receiver = ends
    port = receiver.server_address[1]
    ways = wired(settings, mail, receiver, sandbox_mail=("drill@demo.invalid",),
                 sandbox_webhook=(f"http://127.0.0.1:{port}/drill",))  # fmt: skip
    one = went_on(office, office.issued(status="Exercise"), "cancel")
    forget_letters()
    work(ways, office.now)
    assert {to for to, _subject, _id in mail.letters} == {"drill@demo.invalid"}
    assert all(subject.startswith("【演练】") for subject in mail.to("drill@demo.invalid"))
    assert [body for _headers, body in receiver.taken] == [m.xml for m in one.messages.all()]


@pytest.mark.django_db
def test_a_worker_killed_within_the_hand_over_leaves_nothing_of_it(
    office: Office, settings: Any, ends: tuple[MailServer, Receiver],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    plant_tree(office)
    mail, receiver = ends
    ways = wired(settings, mail, receiver)
    one = office.issued()
    forget_letters()

    def killed(*_words: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(handing, "_list", killed)
        with pytest.raises(KeyboardInterrupt):
            hand_over(office.now)
    assert (told(), HandOver.objects.count()) == ([], 0)
    work(ways, office.now)
    assert mail.to("village@demo.invalid") == [read(one.messages.get().xml).info[0].headline]
    assert len(receiver.taken) == 1


@pytest.mark.django_db
def test_a_worker_killed_before_it_sends_is_made_up_for_in_order(
    office: Office, settings: Any, ends: tuple[MailServer, Receiver],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    plant_tree(office)
    mail, receiver = ends
    ways = wired(settings, mail, receiver)
    went_on(office, office.issued(), "cancel")
    forget_letters()
    hand_over(office.now)

    def killed(*_words: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        for way in ways:
            broken.setattr(way, "send", killed)
        with pytest.raises(KeyboardInterrupt):
            send_due(ways, office.now)
    work(ways, office.now)
    work(ways, office.now + LEASE + timedelta(seconds=1))
    assert sorted(mail.to("village@demo.invalid")) == sorted(set(mail.to("village@demo.invalid")))
    assert len(mail.letters) == 2 * len(WRITTEN)
    kinds = [read(body).msg_type for _headers, body in receiver.taken]
    assert kinds == ["Alert", "Cancel"]


def two_workers(office: Office, settings: Any) -> None:
    """Two workers hand over and send a whole course: everything once, and in order."""
    plant_tree(office)
    with far_ends() as (mail, receiver):
        ways = wired(settings, mail, receiver)
        one = went_on(office, went_on(office, office.issued(), "update"), "cancel")
        forget_letters()
        for _again in range(3):
            wrong = together(*[lambda: work(ways, office.now, Hands(each=4))] * 2)
            assert wrong == []
        assert len(mail.letters) == 3 * len(WRITTEN)
        for address in WRITTEN:
            spoken = 1 if address == "chief@demo.invalid" else 0
            sent = [read(m.xml).info[spoken].headline for m in one.messages.order_by("order")]
            assert mail.to(address) == sent
        assert [read(body).msg_type for _headers, body in receiver.taken] == _KINDS
        assert HandOver.objects.count() == 3
        assert Addressee.objects.exclude(notice=None).count() == 3 * (len(WRITTEN) + 2)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="its test database is one connection")
@pytest.mark.django_db(transaction=True)
def test_two_workers(office: Office, settings: Any) -> None:
    two_workers(office, settings)


_RUN = """
import django
django.setup()
from django.conf import settings
from tests.apps.conftest import make_world
from tests.apps.warning import conftest, test_reached_course
test_reached_course.two_workers(conftest.found(make_world()), settings)
print("all")
"""


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a file of SQLite's own")
def test_two_workers_in_a_file(own_site: dict[str, str]) -> None:
    ran = subprocess.run([sys.executable, "-c", _RUN], env=own_site, capture_output=True, text=True,
                         check=False, timeout=120)  # fmt: skip
    assert ran.stdout.split() == ["all"], ran.stderr
