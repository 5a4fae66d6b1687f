"""Acts 操作权限: what a role may do. Each app declares its own; a page shows them all."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

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


_RULERS = frozenset({Role.MANAGER, Role.ADMINISTRATOR})
_WATCH = frozenset({Role.DUTY, Role.CHIEF, Role.MANAGER, Role.ADMINISTRATOR})

MANAGE_USERS = act("people.manage_users", _("Make accounts and give posts"), _RULERS)
SEE_AUDIT = act("people.see_audit", _("Read the audit chain"), _RULERS)
SEE_ACTS = act("people.see_acts", _("See which role may do what"), _RULERS)
SEE_DUTY = act("people.see_duty", _("See who is on duty"), OFFICES | {Role.ADMINISTRATOR})
PLAN_DUTY = act("people.plan_duty", _("Plan duty and hand it over"), OFFICES | {Role.ADMINISTRATOR})
SEE_TREE = act("people.see_tree", _("See who is responsible"), OFFICES | {Role.ADMINISTRATOR})
EDIT_TREE = act("people.edit_tree", _("Say who is responsible"),
                {Role.CHIEF, Role.MANAGER, Role.ADMINISTRATOR})  # fmt: skip
SEE_NOTICES = act("people.see_notices", _("See what was sent out"), _WATCH)
RETRY_NOTICE = act("people.retry_notice", _("Send a notice again"), _WATCH)
