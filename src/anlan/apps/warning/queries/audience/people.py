"""Who answers for the places warned: by the responsibility tree, and for what lies in the area."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import shapely
from django.db.models import Q, QuerySet

from anlan.apps.atlas.models import Enterprise, Facility, ObservedObject, Target
from anlan.apps.people.acts import Role
from anlan.apps.people.asker import posts_at
from anlan.apps.people.models import Organisation, Post, Responsibility, User
from anlan.apps.people.queries import answering_for, mailboxes_of, within
from anlan.apps.warning.models import Addressee, Message, Warning
from anlan.apps.warning.queries.audience.sinks import Sink
from anlan.terms.places import LENGTHS, Grant, Scope

_THINGS = (ObservedObject, Enterprise, Facility, Target)
_AT_ONCE = 500


def answering(message: Message, now: datetime) -> list[Sink]:
    """Everybody who answers for a place warned, or for something in its area, as it stands now."""
    regions = [*message.content["regions"]] or [message.warning.region]
    lines = [*answering_for(regions), *_of_things(message, regions)]
    boxes = mailboxes_of(lines)
    found = [_sink(line, *boxes[line.pk]) for line in lines]
    return found + list(_of_enterprises(message, regions, now))


def _sink(line: Responsibility, address: str, language: str) -> Sink:
    return _person(
        line.person, address, line.phone, language=language, region=line.region,
        office=line.organisation,
    )  # fmt: skip


def _person(
    name: str, address: str, phone: str, *, region: str, office: Organisation | None,
    language: str = "zh-hans",
) -> Sink:  # fmt: skip
    """Somebody by e-mail, or by phone where there is no mailbox."""
    return Sink(
        kind=Addressee.By.EMAIL if address else Addressee.By.PHONE, status=Warning.Status.ACTUAL,
        name=name[:128], region=region, address=address, phone=phone, language=language,
        organisation=office.name if office else "", owner=office.key if office else "",
    )  # fmt: skip


def _inside(model: Any, message: Message, regions: Sequence[str]) -> QuerySet[Any]:
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
    keys, inside = sorted({line.thing for line in lines}), set[str]()
    for some in _chunks(keys):
        for model in _THINGS:
            rows = _inside(model, message, regions).filter(key__in=some)
            inside.update(rows.values_list("key", flat=True))
    return [line for line in lines if line.thing in inside]


def _of_enterprises(message: Message, regions: Sequence[str], now: datetime) -> Iterator[Sink]:
    """For each enterprise in the area its safety managers; without their mailbox its contact."""
    rows = list(_inside(Enterprise, message, regions))
    offices, people = _staff({one.owner for one in rows if one.owner}, now)
    for one in rows:
        office = offices.get(one.owner)
        known = [user for user in people[one.owner] if user.email]
        for user in known:
            yield _person(user.name, user.email, user.phone, region=one.region, office=office,
                          language=user.language)  # fmt: skip
        if not known:
            yield _contact(one, office, people[one.owner])


def _contact(one: Any, office: Organisation | None, people: list[User]) -> Sink:
    """Whom the atlas names for an enterprise, by mailbox where the contact is one, else to call."""
    address = one.contact.strip() if "@" in one.contact else ""
    phones = [one.phone, *(user.phone for user in people), office.phone if office else ""]
    sink = _person(
        one.contact or one.name, address, next(filter(None, phones), ""), region=one.region,
        office=office,
    )  # fmt: skip
    return sink if office else replace(sink, organisation=one.name, owner=one.owner)


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
