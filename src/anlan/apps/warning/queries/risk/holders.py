"""Who may be in charge of a risk, and who is next: there is always somebody."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from anlan.apps.people.acts import roles_of
from anlan.apps.people.asker import Person, posts_at
from anlan.apps.people.models import Organisation, Post, Responsibility, User
from anlan.apps.people.queries import on_duty, steps_for
from anlan.apps.warning.acts import HOLD_RISK
from anlan.terms.places import COUNTRY, parents_of


class Place(NamedTuple):
    """Where a risk is: its region, the organisation that owns the thing, and the thing's key."""

    region: str
    owner: str = ""
    thing: str = ""


@dataclass(frozen=True, slots=True)
class Heir:
    """Somebody who can be in charge; rank: the step of the tree, 0 for nobody of the tree."""

    user: User
    office: str
    phone: str
    rank: int = 0


def may_hold(user_key: str, place: Place, now: datetime) -> bool:
    """Whether an account is open and has a post that lets it be in charge there."""
    return user_key in able({user_key}, place, now)


def able(keys: Collection[str], place: Place, now: datetime) -> dict[str, User]:
    """Of some accounts, those that can be in charge of a place."""
    people = people_of(keys, now)
    return {
        key: one.user
        for key, one in people.items()
        if one.may(HOLD_RISK, place.region, place.owner)
    }


def people_of(keys: Collection[str], now: datetime) -> dict[str, Person]:
    """Open accounts with the posts that they have now; two queries."""
    users = User.objects.filter(key__in={key for key in keys if key}, is_active=True)
    users = users.prefetch_related("posts__organisation")
    return {user.key: Person(user, posts_at(user.posts.all(), now), now) for user in users}


def heirs(place: Place, now: datetime, after: int = 0) -> list[Heir]:
    """Whoever of the responsibility tree can be in charge, from the step after one upwards."""
    steps = steps_for(place.region, place.thing)
    users = able({one.user_key for step in steps for one in step}, place, now)
    return [
        Heir(users[line.user_key], line.organisation.name, _phone(line, users), rank)
        for rank, step in enumerate(steps, 1)
        for line in step
        if rank > after and line.user_key in users
    ]


def heir_of(
    place: Place, now: datetime, *, after: int = 0, but: Collection[str] = (), last: str = ""
) -> Heir | None:
    """Who is in charge next: up the tree from a step; beyond its end the tree from its beginning,
    then who is on duty, then the nearest post, and at last the account named.

    but: accounts that are passed over.
    """
    line = in_line(place, now, after=after, last=last)
    return next((one for one in line if one.user.key not in but), None)


def in_line(place: Place, now: datetime, *, after: int = 0, last: str = "") -> Iterator[Heir]:
    """All whom `heir_of` chooses from, in its order; some stand there twice."""
    yield from heirs(place, now, after)
    yield from heirs(place, now) if after else ()
    yield from _beyond(place, now, last)


def _beyond(place: Place, now: datetime, last: str) -> Iterable[Heir]:
    """Those of no step of the tree: on duty, or with a post over the place; the nearest first."""
    duty = {one.user_key: one for one in on_duty(place.region, now) if one.user_key}
    users = able([*duty, last], place, now)
    yield from (
        Heir(users[key], one.organisation.name, one.phone)
        for key, one in duty.items()
        if key in users
    )
    regions = (place.region, *parents_of(place.region), COUNTRY)
    rows = Post.objects.filter(
        region__in=regions, own_only=False, role__in=roles_of(HOLD_RISK), user__is_active=True
    ).select_related("user", "organisation")
    nearest = sorted(posts_at(rows, now), key=lambda p: (regions.index(p.region), p.pk))
    yield from (_of_post(post) for post in nearest)
    if last in users:
        yield Heir(users[last], office_of(users[last]), users[last].phone)


def _of_post(post: Post) -> Heir:
    return Heir(post.user, post.organisation.name, post.user.phone)


def office_of(user: User) -> str:
    """The organisation of an account's first post."""
    found = Organisation.objects.filter(posts__user=user).order_by("posts__pk").first()
    return found.name if found else ""


def _phone(line: Responsibility, users: dict[str, User]) -> str:
    return line.phone or users[line.user_key].phone
