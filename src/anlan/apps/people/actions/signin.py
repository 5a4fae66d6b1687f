"""Signing in: every try is counted before it is looked at, and all failures look the same."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q, QuerySet

from anlan.apps.people.actions.audit import deed
from anlan.apps.people.asker import Nobody
from anlan.apps.people.models import AuditHead, User
from anlan.apps.people.queries import person_of
from anlan.apps.people.queries.home import home_of

LOCKED, SIGNED_IN = "people.locked", "people.signed_in"


def check_password(*, key: str, password: str, now: datetime) -> User | None:
    """The user whose password it is; None for a wrong one, an unknown or a locked account.

    All of them take the time of one password. Success is told by `welcome`, after which earlier
    tries count no more.
    """
    user = _counted(User.objects.filter(key=key, is_active=True), now)
    if user is None:
        AuditHead.objects.filter(pk=1).update(noted=F("noted"))  # a write, as counting is one
        User().set_password(password)
        return None
    if not user.check_password(password):
        return None
    # The password was right: only what else may be asked for can still fail.
    User.objects.filter(pk=user.pk, failures__gt=0).update(
        failures=F("failures") - 1, locked_until=None
    )
    return user


def count_try(user: User, now: datetime) -> bool:
    """Counts a try of something else than the password; whether the account is open for it."""
    return _counted(User.objects.filter(pk=user.pk, is_active=True), now) is not None


def welcome(user: User, now: datetime) -> None:
    """The user is in: earlier tries are forgotten, the entry is written down."""
    with deed(person_of(user, now), SIGNED_IN, user.key, region=home_of(user)):
        User.objects.filter(pk=user.pk).update(failures=0, locked_until=None)


def _counted(one: QuerySet[User], now: datetime) -> User | None:
    """The account with one more try counted; None where it is unknown or locked.

    The count and the condition are one statement, so a hundred tries at once are a hundred tries.
    """
    options = settings.PLACE.options
    one.filter(locked_until__lte=now).update(failures=0, locked_until=None)
    open_now = one.filter(Q(locked_until=None), failures__lt=options.lockout_tries)
    if not open_now.update(failures=F("failures") + 1):
        return None
    user = one.first()
    if user is not None and user.failures >= options.lockout_tries:
        _lock(user, now + timedelta(minutes=options.lockout_minutes))
    return user


def _lock(user: User, until: datetime) -> None:
    """Closes the account after this try; a right password still opens it, and frees it."""
    now = until - timedelta(minutes=settings.PLACE.options.lockout_minutes)
    with deed(Nobody(now), LOCKED, user.key, region=home_of(user)) as detail:
        detail["tries"] = user.failures
        User.objects.filter(pk=user.pk).update(locked_until=until)
