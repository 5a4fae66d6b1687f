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
_TITLES: dict[str, "StrPromise"] = {}


def act(name: str, title: "StrPromise", roles: Iterable[Role]) -> str:
    """Declares an act and gives its name; ValueError where there is one of that name."""
    if name in _ACTS:
        raise ValueError(f"act {name} is declared twice")
    _ACTS[name] = Act(name, title, frozenset(roles))
    return named(name, title)


def named(name: str, title: "StrPromise") -> str:
    """Says what a deed of the audit chain is called that needs no role of its own."""
    _TITLES[name] = title
    return name


def title_of(name: str) -> "StrPromise | str":
    """What an act or a deed is called; its name where nobody said."""
    return _TITLES.get(name, name)


def acts() -> list[Act]:
    """Every act, by name."""
    return [_ACTS[name] for name in sorted(_ACTS)]


def reads() -> frozenset[str]:
    """The acts that only look: those named `app.see` or `app.see_…`."""
    return frozenset(name for name in _ACTS if name.partition(".")[2].split("_")[0] == "see")


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

for _name, _title in (
    ("people.signed_in", _("Signed in")),
    ("people.locked", _("Locked after wrong tries")),
    ("people.changed_password", _("Changed the password")),
    ("people.set_language", _("Set the language of the pages")),
    ("people.began_second", _("Switched the second factor on")),
    ("people.ended_second", _("Switched the second factor off")),
    ("people.ended_session", _("Ended a session")),
    ("people.made_key", _("Made a key")),
    ("people.revoked_key", _("Took a key back")),
    ("people.made_user", _("Made an account")),
    ("people.described_user", _("Changed an account")),
    ("people.opened_user", _("Opened an account")),
    ("people.closed_user", _("Closed an account")),
    ("people.reset_password", _("Set a new password for an account")),
    ("people.gave_post", _("Gave a post")),
    ("people.ended_post", _("Ended a post")),
    ("people.changed_duty", _("Changed duty")),
    ("people.dropped_duty", _("Took duty out")),
    ("people.handed_over", _("Handed duty over")),
    ("people.dropped_responsible", _("Took a responsible person out")),
    ("people.founded", _("Founded the demo")),
):
    named(_name, _title)
