"""What a sender needs of a parcel: the message in each language, and who is still to be told."""

import hashlib

import numpy as np

from anlan.apps.people.actions.notices.outbox import NoticeFields
from anlan.apps.warning.actions.letters import Letters
from anlan.apps.warning.actions.mass.naming import reference_of
from anlan.apps.warning.models import Message, Subscription
from anlan.apps.warning.models.mass import Outcome, Parcel, is_waiting
from anlan.apps.warning.queries.audience import Sink
from anlan.apps.warning.queries.audience.sinks import takes
from anlan.apps.warning.queries.audience.subscribing import stop_page
from anlan.channels import Message as Said
from anlan.channels import Status
from anlan.channels.bulk import To

_WAY = Subscription.Way
_ENGLISH, _CHINESE = "en", "zh-hans"
_AT_ONCE, _MOST_SMS = 1_000, 335
"""Signs of a short message of five parts in Chinese."""
Load = tuple[list[To], list[tuple[int, int]]]


def said_of(message: Message, way: str) -> dict[str, Said]:
    """The message as it is said by a way, in Chinese and English, from the frozen bytes alone."""
    letters, found = Letters(message, is_public=True), dict[str, Said]()
    for language in (_CHINESE, _ENGLISH):
        sink = Sink(kind=way, status=message.status, name="", region="", language=language)
        found[language] = _said(message, way, letters.for_sink(sink))
    return found


def _said(message: Message, way: str, fields: NoticeFields) -> Said:
    name = hashlib.sha256(f"{message.identifier}\n{message.status}\n{way}".encode()).hexdigest()
    text = fields["text"]
    if way == _WAY.SMS:
        text = _short(f"{fields['subject']}\n{text.removeprefix(fields['subject']).strip()}")
    return Said(
        key=name[:32], kind="warning", subject=fields["subject"], text=text,
        status=Status(message.status), cause=f"message:{message.identifier}",
        created_at=round(message.issued_at.timestamp() * 1000),
        language=fields.get("language", "zh-Hans"), media_type=fields.get("media_type", ""),
        body=fields["body"].encode() if fields.get("media_type") else None,
    )  # fmt: skip


def _short(text: str) -> str:
    """The text, cut after a sentence where it is too long for a short message."""
    if len(text) <= _MOST_SMS:
        return text
    cut = text[: _MOST_SMS - 1]
    end = max(cut.rfind(sign) for sign in "。;；.\n")
    return cut[: end + 1].rstrip() if end > _MOST_SMS // 2 else cut + "…"


def load(parcel: Parcel) -> Load:
    """Those still to be told, and the octets of those who want no more to be."""
    ids, places = parcel.recipients, np.flatnonzero(is_waiting(parcel.codes)).tolist()
    known, status = dict[int, tuple[str, str, str]](), parcel.message.status
    name = "region" if parcel.way == _WAY.MQTT else "address"
    is_mail = parcel.way == _WAY.EMAIL
    confirmed = Subscription.objects.filter(state=Subscription.State.CONFIRMED)
    rows = confirmed.values_list("pk", name, "language", "status", "digest")
    for start in range(0, len(places), _AT_ONCE):
        some = ids[places[start : start + _AT_ONCE]].tolist()
        for pk, address, language, takes_status, digest in rows.filter(pk__in=some):
            if takes(takes_status, status):
                tongue = _ENGLISH if language.startswith(_ENGLISH) else _CHINESE
                known[pk] = address, tongue, stop_page(tongue, digest) if is_mail else ""
    stopped, to = list[tuple[int, int]](), list[To]()
    for place, pk in zip(places, ids[places].tolist(), strict=True):
        if pk in known:
            to.append(To(place, reference_of(parcel.pk, place), *known[pk]))
        else:
            stopped.append((place, int(Outcome.STOPPED)))
    return to, stopped
