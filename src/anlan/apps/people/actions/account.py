"""What people do with their own account: password, language, sessions, keys."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from anlan.apps.people.actions.audit import deed
from anlan.apps.people.actions.founding.accounts import DEMO_PASSWORD
from anlan.apps.people.actions.second import confirm
from anlan.apps.people.acts import acts
from anlan.apps.people.asker import Person
from anlan.apps.people.models import ApiKey, Session, User
from anlan.apps.people.queries.asker import digest_of_secret
from anlan.apps.people.queries.home import home_of
from anlan.apps.people.queries.sessions import session_of
from anlan.terms.errors import Refused

MOST_KEYS, MOST_DAYS = 20, 366
_PREFIX = "anp_"


def set_password(person: Person, *, old: str, new: str) -> None:
    """Changes one's own password, which ends all other sessions.

    Raises Refused where the old one is wrong or the new one too weak.
    """
    confirm(person, old)
    checked(new, person.user)
    if person.user.check_password(new):
        raise Refused(_("The new password is the old one."))
    with deed(person, "people.changed_password", person.key, region=home_of(person.user)):
        person.user.set_password(new)
        person.user.must_change = False
        person.user.save(update_fields=["password", "must_change"])


def checked(password: str, user: User) -> None:
    """Raises Refused naming every rule of the site that a password breaks."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    if len(password) > 256:
        raise Refused(_("A password has at most 256 characters."))
    if password == DEMO_PASSWORD:
        raise Refused(_("This password is public; choose another."))
    if user.key.lower() in password.lower():
        raise Refused(_("The password must not contain the account."))


def set_language(person: Person, language: str) -> None:
    """Remembers the language of somebody's pages."""
    with deed(person, "people.set_language", person.key, region=home_of(person.user)):
        User.objects.filter(pk=person.user.pk).update(language=language)


def end_session(person: Person, name: str) -> bool:
    """Ends one of one's own sessions by its name; whether there was one."""
    row = session_of(person, name)
    if row is None:
        return False
    with deed(person, "people.ended_session", person.key, region=home_of(person.user)):
        row.delete()
    return True


def make_key(person: Person, *, label: str, chosen: Iterable[str], days: int) -> str:
    """A key for a program, to be shown once; Refused where it would be too much.

    chosen: the acts it may do, of those that the person may · days: 1 to 366.
    """
    own = {one.name for one in acts() if person.may(one.name)}
    wanted = sorted(set(chosen))
    if not set(wanted) <= own:
        raise Refused(_("A key may do at most what you may."))
    if not label.strip() or not 1 <= days <= MOST_DAYS:
        raise Refused(_("Say what the key is for, and for how many days (1 to 366)."))
    if ApiKey.objects.filter(user=person.user, revoked_at=None).count() >= MOST_KEYS:
        raise Refused(_("You have 20 keys already; take one back first."))
    secret = _PREFIX + secrets.token_urlsafe(32)
    key = ApiKey(
        key=secrets.token_hex(8), digest=digest_of_secret(secret), user=person.user,
        label=label.strip()[:64], acts=wanted, created_at=person.now,
        expires_at=person.now + timedelta(days=days),
    )  # fmt: skip
    with deed(person, "people.made_key", key.key, region=home_of(person.user)) as detail:
        detail["acts"] = wanted
        key.save(force_insert=True)
    return secret


def revoke_key(person: Person, name: str) -> bool:
    """Takes one of one's own keys back; whether there was one."""
    key = ApiKey.objects.filter(user=person.user, key=name, revoked_at=None).first()
    if key is None:
        return False
    with deed(person, "people.revoked_key", name, region=home_of(person.user)):
        ApiKey.objects.filter(pk=key.pk).update(revoked_at=person.now)
    return True


def forget_sessions(now: datetime) -> int:
    """Deletes what is left of sessions that are over; how many there were. A step of the worker."""
    return Session.objects.filter(expire_date__lt=now).delete()[0]


def end_sessions_of(user: User) -> int:
    """Ends all sessions of an account; how many there were."""
    return Session.objects.filter(user_key=user.key).delete()[0]
