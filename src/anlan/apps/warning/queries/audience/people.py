"""Who answers for the places warned: by the responsibility tree, and for what lies in the area."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import shapely
from django.conf import settings
from django.db.models import Q, QuerySet

from anlan.apps.atlas.models import Enterprise, Facility, ObservedObject, Target
from anlan.apps.people.acts import Role
from anlan.apps.people.asker import posts_at
from anlan.apps.people.models import Organisation, Post, Responsibility, User
from anlan.apps.people.queries import answering_for, mailboxes_of, within
from anlan.apps.people.queries.duty import Mailbox
from anlan.apps.warning.models import Addressee, Message, Warning
from anlan.apps.warning.queries.audience.sinks import Sink
from anlan.channels.sms.number import plain
from anlan.terms.places import LENGTHS, Grant, Scope

_THINGS = (ObservedObject, Enterprise, Facility, Target)
_AT_ONCE = 500
_BY = Addressee.By


def answering(message: Message, now: datetime) -> list[Sink]:
    """Everybody who answers for a place warned, or for something in its area, as it stands now."""
    lines = lines_of(message)
    boxes = mailboxes_of(lines)
    found = [sink for line in lines for sink in _of_line(line, boxes[line.pk])]
    return found + list(_of_enterprises(message, _regions(message), now))


def lines_of(message: Message) -> list[Responsibility]:
    """The lines of the responsibility tree for the places warned, and for what lies in the area."""
    regions = _regions(message)
    return [*answering_for(regions), *_of_things(message, regions)]


def _regions(message: Message) -> list[str]:
    return [*message.content["regions"]] or [message.warning.region]


def _of_line(line: Responsibility, box: Mailbox) -> list[Sink]:
    return _person(line.person, box, region=line.region, office=line.organisation)


def _person(
    name: str, box: Mailbox, *, region: str, office: Organisation | None
) -> list[Sink]:  # fmt: skip
    """Somebody by e-mail and by SMS, as far as there are; who has neither is to be called."""
    number = plain(box.phone) if _is_mobile(box.phone) else ""
    ways = [(_BY.EMAIL, box.address), (_BY.SMS, number)]
    ways = [way for way in ways if way[1]] or [(_BY.PHONE, "")]
    return [
        Sink(
            kind=kind, status=Warning.Status.ACTUAL, name=name[:128], region=region,
            address=address, phone=box.phone, language=box.language,
            organisation=office.name if office else "", owner=office.key if office else "",
        )
        for kind, address in ways
    ]  # fmt: skip


def inside(model: Any, message: Message, regions: Sequence[str]) -> QuerySet[Any]:
    """What stands in the area: in its shape where one is drawn, else in the regions; and in the
    regions what has no shape of its own."""
    here, drawn = within(Scope.of(map(Grant, regions)), "region", ""), message.content["shape"]
    if drawn:
        shape = shapely.from_geojson(drawn)
        here = Q(shape__intersects=shape) | (Q(shape__isnull=True) & here)
    rows: QuerySet[Any] = model.objects.standing().filter(here)
    return rows


def _of_things(message: Message, regions: Sequence[str]) -> list[Responsibility]:
    """The lines of the tree for things that lie in the area."""
    cities = {region[: LENGTHS["city"]] for region in regions}
    near = within(Scope.of(map(Grant, cities)), "region", "")
    lines = Responsibility.objects.exclude(thing="").filter(near).select_related("organisation")
    keys, found = sorted({line.thing for line in lines}), set[str]()
    for some in _chunks(keys):
        for model in _THINGS:
            rows = inside(model, message, regions).filter(key__in=some)
            found.update(rows.values_list("key", flat=True))
    return [line for line in lines if line.thing in found]


def _of_enterprises(message: Message, regions: Sequence[str], now: datetime) -> Iterator[Sink]:
    """For each enterprise in the area its safety managers; its contact where none can be told."""
    rows = list(inside(Enterprise, message, regions))
    offices, people = _staff({one.owner for one in rows if one.owner}, now)
    for one in rows:
        office = offices.get(one.owner)
        known = [user for user in people[one.owner] if user.email or _is_mobile(user.phone)]
        for user in known:
            box = Mailbox(user.email, user.language, user.phone)
            yield from _person(user.name, box, region=one.region, office=office)
        if not known:
            yield from _contact(one, office, people[one.owner])


def _contact(one: Any, office: Organisation | None, people: list[User]) -> list[Sink]:
    """Whom the atlas names for an enterprise, by mailbox where the contact is one, and by phone."""
    address = one.contact.strip() if "@" in one.contact else ""
    phones = [one.phone, *(user.phone for user in people), office.phone if office else ""]
    phone = next(filter(_is_mobile, phones), next(filter(None, phones), ""))
    box = Mailbox(address, "zh-hans", phone)
    sinks = _person(one.contact or one.name, box, region=one.region, office=office)
    if office:
        return sinks
    return [replace(sink, organisation=one.name, owner=one.owner) for sink in sinks]


def _is_mobile(phone: str) -> bool:
    """Whether an SMS can reach it, where those are set up."""
    return bool(plain(phone)) and bool(settings.PLACE.options.sms_gateway)


def _staff(
    keys: Iterable[str], now: datetime
) -> tuple[dict[str, Organisation], dict[str, list[User]]]:
    """Organisations by key, and the safety managers of each."""
    offices: dict[str, Organisation] = {}
    people: defaultdict[str, list[User]] = defaultdict(list)
    for some in _chunks(sorted(keys)):
        offices |= {one.key: one for one in Organisation.objects.filter(key__in=some)}
        posts = Post.objects.filter(organisation__key__in=some, role=Role.ENTERPRISE,
                                    user__is_active=True)  # fmt: skip
        for post in posts_at(posts.select_related("organisation", "user").order_by("pk"), now):
            people[post.organisation.key].append(post.user)
    return offices, people


def _chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), _AT_ONCE):
        yield keys[start : start + _AT_ONCE]
