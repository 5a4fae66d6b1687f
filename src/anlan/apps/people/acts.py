"""Acts 操作权限: what a role may do. Each app declares its own; a page shows them all."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from anlan.apps.people.models import Post

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

Role = Post.Role
EVERYONE = frozenset(Role)
OFFICES = frozenset({Role.DUTY, Role.CHIEF, Role.MANAGER, Role.DEPARTMENT})
"""The roles of governments and their departments."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that may be done; name: `app.verb_noun` · roles: who may by their post."""

    name: str
    title: "StrPromise"
    roles: frozenset[Role]


_ACTS: dict[str, Act] = {}


def act(name: str, title: "StrPromise", roles: Iterable[Role]) -> str:
    """Declares an act and gives its name; ValueError where there is one of that name."""
    if name in _ACTS:
        raise ValueError(f"act {name} is declared twice")
    _ACTS[name] = Act(name, title, frozenset(roles))
    return name


def acts() -> list[Act]:
    """Every act, by name."""
    return [_ACTS[name] for name in sorted(_ACTS)]


def roles_of(name: str) -> frozenset[Role]:
    """The roles that may do it; none for an act that nobody declared."""
    found = _ACTS.get(name)
    return found.roles if found else frozenset()
