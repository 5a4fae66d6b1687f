"""Who asks: a user with the posts of this moment, or nobody. Fulfils desk's Asker."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from anlan.apps.people.acts import roles_of
from anlan.apps.people.models import Post, User
from anlan.terms.places import COUNTRY, Grant, Scope

_NOTHING, _EVERYTHING = Scope(), Scope((Grant(COUNTRY),))


@dataclass(frozen=True)
class Person:
    """A user at a moment, with the posts that hold then.

    limits: the only acts allowed, where a program asks with a key; None for a person ·
    program: the name of that key, or empty.
    """

    user: User
    posts: tuple[Post, ...]
    now: datetime
    limits: frozenset[str] | None = None
    program: str = ""
    scope: Scope = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "scope", Scope.of(grant_of(post) for post in self.posts))

    @property
    def key(self) -> str:
        return self.user.key

    @property
    def name(self) -> str:
        return self.user.name

    @property
    def is_known(self) -> bool:
        return True

    def may(self, act: str, region: str | None = None, owner: str = "") -> bool:
        """Whether a post allows an act, at all or to a thing of that region and owner."""
        posts = self._posts_for(act)
        return any(region is None or grant_of(post).covers(region, owner) for post in posts)

    def scope_for(self, act: str) -> Scope:
        """Where it may do an act: of its posts, those that allow it."""
        return Scope.of(grant_of(post) for post in self._posts_for(act))

    def _posts_for(self, act: str) -> list[Post]:
        if self.limits is not None and act not in self.limits:
            return []
        roles = roles_of(act)
        return [post for post in self.posts if post.role in roles]


@dataclass(frozen=True)
class Nobody:
    """Somebody who has not signed in."""

    now: datetime
    key: str = "-"
    name: str = ""
    is_known: bool = False
    program: str = ""
    scope: Scope = _NOTHING

    def may(self, act: str, region: str | None = None, owner: str = "") -> bool:
        return False

    def scope_for(self, act: str) -> Scope:
        return _NOTHING


@dataclass(frozen=True)
class Machine:
    """The platform itself, in its jobs: over everything."""

    key: str
    now: datetime
    name: str = "安澜"
    is_known: bool = True
    program: str = ""
    scope: Scope = _EVERYTHING

    def may(self, act: str, region: str | None = None, owner: str = "") -> bool:
        return True

    def scope_for(self, act: str) -> Scope:
        return _EVERYTHING


Somebody = Person | Nobody | Machine
"""Whoever asks, as the people app knows it."""


def grant_of(post: Post) -> Grant:
    """What a post is in charge of."""
    return Grant(post.region, post.organisation.key if post.own_only else "")


def posts_at(posts: Iterable[Post], now: datetime) -> tuple[Post, ...]:
    """The posts that hold at a moment."""
    return tuple(p for p in posts if p.since <= now and (p.until is None or now < p.until))
