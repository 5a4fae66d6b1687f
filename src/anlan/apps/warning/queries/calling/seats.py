"""Whom a call-down asks: for each place and thing the steps of the one responsibility tree."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from anlan.apps.atlas.models import Enterprise, Facility, ObservedObject, Target
from anlan.apps.people.models import Responsibility
from anlan.apps.people.queries import mailboxes_of, responsible_for
from anlan.apps.warning.models import Message
from anlan.apps.warning.queries.audience.people import lines_of
from anlan.terms.places import parents_of

_THINGS = (ObservedObject, Enterprise, Facility, Target)
_AT_ONCE = 500


class Post(NamedTuple):
    """What an answer is needed for: a region, or one thing in it."""

    region: str
    thing: str = ""
    thing_name: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A person who is to be asked for a post, with where they are reached."""

    post: Post
    line: Responsibility
    address: str
    phone: str
    language: str

    @property
    def who(self) -> str:
        """Tells one person of a post from another, however the tree is written anew."""
        return self.line.key

    @property
    def person(self) -> tuple[str, ...]:
        """One person, whatever they answer for."""
        line = self.line
        if self.address or self.phone:
            return line.person, self.address.casefold(), self.phone
        return line.person, line.user_key, line.organisation.key


def first_of(message: Message) -> list[Asked]:
    """Who is asked at first: for each place and thing warned the first of the tree."""
    found: dict[Post, list[Responsibility]] = {}
    lines = lines_of(message)
    names = _names(line.thing for line in lines if line.thing)
    for line in lines:
        post = Post(line.region, line.thing, names.get(line.thing, ""))
        found.setdefault(post, []).append(line)
    return _asked({post: _lowest(several) for post, several in found.items()})


def next_of(post: Post, tier: int) -> list[Asked]:
    """Who is asked for a post at a tier, 1 first; empty beyond the last of the tree.

    A deputy's line alone, without a first, is the first.
    """
    return _asked({post: responsible_for(post.region, post.thing, tier)})


def relation(region: str, seat: str, rank: int) -> str:
    """What somebody is to a post: `first`, `deputy` or `superior`."""
    if seat != region and seat in parents_of(region):
        return "superior"
    return "first" if rank == 1 else "deputy"


def _lowest(lines: list[Responsibility]) -> list[Responsibility]:
    first = min(line.rank for line in lines)
    return [line for line in lines if line.rank == first]


def _asked(found: dict[Post, list[Responsibility]]) -> list[Asked]:
    boxes = mailboxes_of([line for lines in found.values() for line in lines])
    return [
        Asked(post, line, boxes[line.pk].address, boxes[line.pk].phone, boxes[line.pk].language)
        for post, lines in found.items()
        for line in lines
    ]


def _names(keys: Iterable[str]) -> dict[str, str]:
    """What things are called, by key."""
    wanted, names = sorted(set(keys)), dict[str, str]()
    for start in range(0, len(wanted), _AT_ONCE):
        for model in _THINGS:
            rows = model.objects.standing().filter(key__in=wanted[start : start + _AT_ONCE])
            names |= dict(rows.values_list("key", "name"))
    return names
