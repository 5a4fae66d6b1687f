"""Whom a call-down asks: for each place and thing the steps of the one responsibility tree."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from anlan.apps.atlas.models import Enterprise, Facility, ObservedObject, Target
from anlan.apps.people.models import Responsibility
from anlan.apps.people.queries import Mailbox, mailboxes_of, steps_of
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
    lowest = {post: _lowest(several) for post, several in found.items()}
    boxes = mailboxes_of([line for several in lowest.values() for line in several])
    return [_boxed(post, line, boxes) for post, several in lowest.items() for line in several]


def next_of(posts: Iterable[tuple[Post, int]]) -> dict[tuple[Post, int], list[Asked]]:
    """Who is asked for each post at a tier, 1 first; nobody beyond the last of the tree.

    A deputy's line alone, without a first, is the first.
    """
    wanted = list(posts)
    steps = steps_of((post.region, post.thing) for post, _ in wanted)
    lines = {
        (post, tier): [
            line for step in steps[post.region, post.thing][tier - 1 : tier] for line in step
        ]
        for post, tier in wanted
    }
    boxes = mailboxes_of([line for several in lines.values() for line in several])
    return {
        key: [_boxed(key[0], line, boxes) for line in several] for key, several in lines.items()
    }


def relation(region: str, seat: str, rank: int) -> str:
    """What somebody is to a post: `first`, `deputy` or `superior`."""
    if seat != region and seat in parents_of(region):
        return "superior"
    return "first" if rank == 1 else "deputy"


def _lowest(lines: list[Responsibility]) -> list[Responsibility]:
    first = min(line.rank for line in lines)
    return [line for line in lines if line.rank == first]


def _boxed(post: Post, line: Responsibility, boxes: Mapping[int, Mailbox]) -> Asked:
    box = boxes[line.pk]
    return Asked(post, line, box.address, box.phone, box.language)


def _names(keys: Iterable[str]) -> dict[str, str]:
    """What things are called, by key."""
    wanted, names = sorted(set(keys)), dict[str, str]()
    for start in range(0, len(wanted), _AT_ONCE):
        for model in _THINGS:
            rows = model.objects.standing().filter(key__in=wanted[start : start + _AT_ONCE])
            names |= dict(rows.values_list("key", "name"))
    return names
