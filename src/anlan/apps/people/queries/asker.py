"""The person behind a user, a session or a key."""

import hashlib
from datetime import datetime

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db.models import Q, QuerySet
from django.utils.crypto import constant_time_compare

from anlan.apps.people.acts import reads
from anlan.apps.people.asker import Person, posts_at
from anlan.apps.people.models import ApiKey, Session, User
from anlan.apps.people.sessions import SessionStore


def person_of(user: User, now: datetime, limits: frozenset[str] | None = None) -> Person:
    """A user with the posts that hold now; one query."""
    posts = user.posts.select_related("organisation").all()
    return Person(user, posts_at(posts, now), now, limits)


def user_in(session: object) -> User | None:
    """The user who signed in there; None once the account is closed or its password is another.

    session: what was stored with the session, by Django's names.
    """
    get = getattr(session, "get", None)
    pk = get(SESSION_KEY) if get else None
    user = User.objects.filter(pk=pk, is_active=True).first() if pk else None
    if get is None or user is None:
        return None
    is_same = constant_time_compare(str(get(HASH_SESSION_KEY, "")), user.get_session_auth_hash())
    return user if is_same else None


def still_valid(session_key: str, now: datetime) -> bool:
    """Whether somebody is signed in with a session."""
    return _user_of_session(session_key, now) is not None


def renewed(asker: Person, session_key: str, now: datetime) -> Person | None:
    """The asker as it is now, with the posts of now; None once its session or key has ended."""
    if asker.program:
        key = _live_keys(now).filter(key=asker.program).select_related("user").first()
        return _person_of_key(key, now) if key else None
    user = _user_of_session(session_key, now)
    return person_of(user, now) if user and user.pk == asker.user.pk else None


def person_of_key(secret: str, now: datetime) -> Person | None:
    """Who a program's key stands for, limited to the key's acts; None for a key that is none."""
    found = _live_keys(now).filter(digest=digest_of_secret(secret)).select_related("user").first()
    return _person_of_key(found, now) if found else None


def person_of_program(key: str, now: datetime) -> Person | None:
    """Who a program stands for that a setting of the site names by its key's public name; None
    where that holds no longer."""
    found = _live_keys(now).filter(key=key).select_related("user").first()
    return _person_of_key(found, now) if found else None


def digest_of_secret(secret: str) -> str:
    """What is kept of a random secret: SHA-256 in hex; no salt, since it cannot be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _user_of_session(session_key: str, now: datetime) -> User | None:
    row = Session.objects.filter(session_key=session_key, expire_date__gt=now).first()
    return user_in(SessionStore().decode(row.session_data)) if row and session_key else None


def _live_keys(now: datetime) -> QuerySet[ApiKey]:
    """Keys that hold: not taken back, not over, of an open account with its own password."""
    return ApiKey.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now),
        revoked_at=None,
        user__is_active=True,
        user__must_change=False,
    )


def _person_of_key(key: ApiKey, now: datetime) -> Person:
    posts = key.user.posts.select_related("organisation").all()
    limits = frozenset(key.acts) or reads()
    return Person(key.user, posts_at(posts, now), now, limits, key.key)
