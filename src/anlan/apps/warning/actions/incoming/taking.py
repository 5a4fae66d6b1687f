"""A message is taken in: kept once, and its course brought up to date."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from anlan.apps.people.actions import deed
from anlan.apps.people.asker import Machine
from anlan.apps.warning.actions.incoming.settling import settle
from anlan.apps.warning.acts import HEAR
from anlan.apps.warning.models.incoming import (
    Feed,
    Incoming,
    IncomingMessage,
    IncomingReference,
)
from anlan.cap.message import Alert, moment_of
from anlan.connectors.feeds import Heard

_MOST_REFERENCES = 200


def take_in(feed: Feed, heard: Heard, now: datetime, *, region: str = "") -> Incoming | None:
    """Keeps a message that was heard; None where it is kept already.

    region: where it holds if it names no place. A message that refers to others joins their
    course, and those that came before it and refer to it join too; drills and tests never join
    what is actual.
    """
    name = digest_of(*_names(heard.said))
    if IncomingMessage.objects.filter(name=name).exists():
        return None
    machine = Machine("anlan", now)
    try:
        with deed(machine, HEAR, heard.said.identifier.strip()[:128]) as detail:
            one = _kept(feed, heard, name, now)
            settle(one, now, region=region)
            detail |= {
                "feed": feed.key,
                "kind": heard.said.msg_type.strip(),
                "warning": one.key,
                "status": one.status,
                "digest": hashlib.sha256(heard.data).hexdigest(),
            }
    except IntegrityError:
        if not IncomingMessage.objects.filter(name=name).exists():
            raise
        return None
    return one


def digest_of(*texts: str) -> str:
    """A name of fixed length for what texts name together."""
    return hashlib.sha256("\n".join(text.strip() for text in texts).encode()).hexdigest()


def _names(said: Alert) -> tuple[str, str, str]:
    return said.sender, said.identifier, said.sent


def _kept(feed: Feed, heard: Heard, name: str, now: datetime) -> Incoming:
    """The course that the message belongs to, with the message in it."""
    said = heard.said
    called, status = digest_of(said.sender, said.identifier), said.status.strip()
    told = references_of(said)
    names = [digest_of(sender, identifier) for sender, identifier, _text in told]
    before = IncomingMessage.objects.filter(called__in=[*names, called], status=status)
    after = IncomingMessage.objects.filter(references__called=called, status=status)
    course = _joined({root(one.first) for one in [*before, *after]})
    if course is None:
        course = Incoming.objects.create(
            feed=feed, status=status, sender=said.sender.strip()[:256], heard_at=now,
            changed_at=now,
        )  # fmt: skip
    message = IncomingMessage(
        feed=feed, first=course, name=name, called=called,
        identifier=said.identifier.strip()[:256],
        sender=said.sender.strip()[:256], sent=said.sent.strip()[:40],
        sent_at=moment_of(said.sent) or now, kind=said.msg_type.strip(), status=status,
        is_national=heard.is_national, signature=heard.signature, told=list(heard.told),
        link=heard.link[:512], body=heard.data, digest=hashlib.sha256(heard.data).hexdigest(),
        heard_at=now,
    )  # fmt: skip
    message.save()
    for sender, identifier, text in told:
        one = IncomingReference(message=message, called=digest_of(sender, identifier), text=text)
        one.save()
    return course


def references_of(said: Alert) -> list[tuple[str, str, str]]:
    """Sender, identifier and the text of each message that one refers to."""
    found = []
    for text in (said.references or "").split()[:_MOST_REFERENCES]:
        parts = text.rsplit(",", 2)
        if len(parts) == 3:
            found.append((parts[0], parts[1], text[:600]))
    return found


def root(one: Incoming) -> Incoming:
    """The course that a course was joined to, or itself."""
    while one.joined is not None:
        one = one.joined
    return one


def _joined(courses: Iterable[Incoming]) -> Incoming | None:
    """The oldest of several courses, to which the others are joined now."""
    several = sorted(courses, key=lambda one: one.pk)
    if not several:
        return None
    first, *rest = several
    with transaction.atomic():
        Incoming.objects.filter(pk__in=[one.pk for one in rest]).update(
            joined=first, changed_at=F("changed_at")
        )
    return first
