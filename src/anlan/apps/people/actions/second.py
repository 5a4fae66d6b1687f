"""The second factor 双因素: a code of the moment (RFC 6238), or a recovery code, once each."""

import secrets
from datetime import datetime

import pyotp
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from anlan.apps.people.actions.audit import deed
from anlan.apps.people.actions.sealing import digest, opened, sealed
from anlan.apps.people.actions.signin import count_try
from anlan.apps.people.asker import Person
from anlan.apps.people.models import User
from anlan.apps.people.queries.home import home_of
from anlan.terms.errors import Refused

_STEP_S, _CODES = 30, 10
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is read as another


def new_second() -> str:
    """A new secret, sealed, for `begin_second` once its first code has come back."""
    return sealed(pyotp.random_base32())


def second_address(key: str, fresh: str) -> str:
    """The `otpauth:` address of a sealed secret, for the picture that a phone reads."""
    site = settings.PLACE.options.name
    return pyotp.TOTP(opened(fresh)).provisioning_uri(name=key, issuer_name=site)


def begin_second(person: Person, *, fresh: str, code: str) -> list[str]:
    """Asks for the second factor from now on; the recovery codes, to be shown once.

    Raises Refused where the code is not that of the secret.
    """
    step = _step_of(opened(fresh), code, person.now)
    if not step:
        raise Refused(_("The code is not right. Check the clock of your phone and try again."))
    codes = ["".join(secrets.choice(_LETTERS) for _i in range(12)) for _n in range(_CODES)]
    with deed(person, "people.began_second", person.key, region=home_of(person.user)):
        User.objects.filter(pk=person.user.pk).update(
            second=fresh, second_step=step, recovery=[digest(code) for code in codes]
        )
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def end_second(person: Person, *, password: str) -> None:
    """Asks for it no longer; Refused without the password."""
    confirm(person, password)
    with deed(person, "people.ended_second", person.key, region=home_of(person.user)):
        User.objects.filter(pk=person.user.pk).update(second="", second_step=0, recovery=[])


def confirm(person: Person, password: str) -> None:
    """Raises Refused unless it is the password of who asks; tries are counted as at the door."""
    if count_try(person.user, person.now) and person.user.check_password(password):
        User.objects.filter(pk=person.user.pk).update(failures=0, locked_until=None)
        return
    raise Refused(_("The password is not right."))


def check_second(user: User, code: str, now: datetime) -> bool:
    """Whether it is a code of the moment not used before, or a recovery code not used before."""
    if not count_try(user, now):
        return False
    plain = "".join(code.lower().split()).replace("-", "")
    step = _step_of(opened(user.second), plain, now)
    if step:
        unused = User.objects.filter(pk=user.pk, second_step__lt=step)
        return bool(unused.update(second_step=step))
    return _spend(user, digest(plain))


def _spend(user: User, code: str) -> bool:
    """Uses up a recovery code; whether it was one."""
    with transaction.atomic():
        row = User.objects.select_for_update().get(pk=user.pk)
        if code not in row.recovery:
            return False
        row.recovery = [one for one in row.recovery if one != code]
        row.save(update_fields=["recovery"])
        return True


def _step_of(secret: str, code: str, now: datetime) -> int:
    """The step of 30 s whose code it is, one step off at most; 0 where it is none."""
    if not secret or not (code.isascii() and code.isdigit()):
        return 0
    totp, present = pyotp.TOTP(secret), int(now.timestamp()) // _STEP_S
    for step in (present, present - 1, present + 1):
        if secrets.compare_digest(totp.generate_otp(step), code):
            return step
    return 0
