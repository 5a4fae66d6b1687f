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
    IncomingRefusal,
)
from anlan.apps.warning.queries.incoming.binding import Hands, why_not_of
from anlan.apps.warning.queries.incoming.reading import frozen_in
from anlan.cap.message import Alert, moment_of
from anlan.connectors.feeds import Heard

_MOST_REFERENCES = 200


def take_in(feed: Feed, heard: Heard, now: datetime, *, region: str = "") -> Incoming | None:
    """Keeps a message that was heard; None where it is kept already.

    region: where it holds if it names no place. A message that refers to others joins their
    course, and those that came before it and refer to it join too, as far as they are of the same
    hands; drills and tests never join what is actual.
    """
    name = _name_for(feed, heard)
    if not name:
        return None
    machine = Machine("anlan", now)
    try:
        with deed(machine, HEAR, heard.said.identifier.strip()[:128]) as detail:
            message, refused = _kept(feed, heard, name, now)
            one = root(message.first)
            settle(one, now, region=region)
            detail |= {
                "feed": feed.key,
                "kind": heard.said.msg_type.strip(),
                "warning": one.key,
                "status": one.status,
                "digest": message.digest,
                **({"refused": refused} if refused else {}),
            }
    except IntegrityError:
        if not IncomingMessage.objects.filter(name=name).exists():
            raise
        return None
    return one


def _name_for(feed: Feed, heard: Heard) -> str:
    """What a message is kept under; empty where it is kept already.

    Another feed may bring the same message, and then it is kept once. Where it says something else
    under the same name, one of the two lies: both are kept.
    """
    name = digest_of(*_names(heard.said))
    known = IncomingMessage.objects.filter(name=name).first()
    if known is None:
        return name
    if known.feed_id == feed.pk or known.xml == heard.data or frozen_in(known) == heard.said:
        return ""
    other = digest_of(*_names(heard.said), feed.key)
    return "" if IncomingMessage.objects.filter(name=other).exists() else other


def digest_of(*texts: str) -> str:
    """A name of fixed length for what texts name together."""
    return hashlib.sha256("\n".join(text.strip() for text in texts).encode()).hexdigest()


def _names(said: Alert) -> tuple[str, str, str]:
    return said.sender, said.identifier, said.sent


def _kept(feed: Feed, heard: Heard, name: str, now: datetime) -> tuple[IncomingMessage, list[str]]:
    """The message, in the course that it belongs to; and the keys of those that it may not join."""
    said = heard.said
    called, status = digest_of(said.sender, said.identifier), said.status.strip()
    told = references_of(said)
    names = [digest_of(sender, identifier) for sender, identifier, _text in told]
    hands = Hands(feed, heard.signature, heard.data)
    near = _near(hands, (called, names), status)
    course = _joined({one for one, why in near.items() if not why})
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
    refused = {one: why for one, why in near.items() if why and one != course}
    for other, why in refused.items():
        IncomingRefusal(message=message, course=other, why=why, at=now).save()
    return message, [one.key for one in refused]


def _near(hands: Hands, names: tuple[str, list[str]], status: str) -> dict[Incoming, str]:
    """The courses that a message refers to, or is referred to from, each with why it may not join
    it; empty where it may."""
    called, refers = names
    rows = IncomingMessage.objects.filter(status=status).select_related("feed", "first")
    found: dict[Incoming, str] = {}
    for one in rows.filter(called__in=[*refers, called]):
        _note(found, root(one.first), why_not_of(Hands.of(one), hands))
    for one in rows.filter(references__called=called).distinct():
        _note(found, root(one.first), why_not_of(hands, Hands.of(one)))
    return found


def _note(found: dict[Incoming, str], course: Incoming, why: str) -> None:
    """One message of a course that is of the same hands is enough; else the first reason holds."""
    found[course] = found.get(course, why) and why


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
