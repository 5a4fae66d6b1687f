"""Accounts and posts, made and changed by those who manage them."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from anlan.apps.people.actions.account import checked, end_sessions_of
from anlan.apps.people.actions.audit import deed
from anlan.apps.people.acts import MANAGE_USERS
from anlan.apps.people.asker import Machine, Somebody
from anlan.apps.people.models import ApiKey, Organisation, Post, User
from anlan.apps.people.queries.home import home_of
from anlan.apps.people.queries.users import may_give, may_manage, organisations
from anlan.terms.errors import Refused
from anlan.terms.places import COUNTRY, Grant, is_region


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPost:
    """A post to be given; until: open when None."""

    role: str
    organisation: Organisation
    region: str
    own_only: bool = False
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What an account says of its owner."""

    name: str
    name_en: str = ""
    phone: str = ""
    email: str = ""


def make_user(asker: Somebody, *, word: str, about: Particulars, post: NewPost) -> tuple[User, str]:
    """A new account with its first post, and its first password, to be shown once.

    The account is the region of the post and a word, as in 990101-zhang: no two jurisdictions
    can get in each other's way, so that neither learns of the other's accounts.
    """
    _check_post(asker, post)
    password = secrets.token_urlsafe(12)
    region = "cn" if post.region == COUNTRY else post.region
    user = User(key=f"{region}-{word}", must_change=True, created_at=asker.now, **_told(about))
    user.password = make_password(password)
    with deed(asker, "people.made_user", user.key, region=post.region) as detail:
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError as error:
            raise Refused(_("There is an account of this name already.")) from error
        detail["post"] = _give(user, post)
    return user, password


def give_post(asker: Somebody, user: User, *, post: NewPost) -> Post:
    """Gives one more post; Refused where the asker may not give it, or to whom."""
    _check_user(asker, user)
    _check_post(asker, post)
    with deed(asker, "people.gave_post", user.key, region=post.region) as detail:
        detail["post"] = _give(user, post)
        return user.posts.get(key=detail["post"]["key"])


def end_post(asker: Somebody, user: User, *, name: str) -> None:
    """Ends a post now; it stands in the record as one that was."""
    _check_user(asker, user)
    with deed(asker, "people.ended_post", user.key, region=home_of(user)) as detail:
        post = user.posts.select_for_update().filter(key=name).first()
        if post is None or (post.until is not None and post.until <= asker.now):
            raise Refused(_("This post has ended already."))
        if not may_give(asker, post.role, _grant(post)):
            raise Refused(_("You may not take this post away."))
        detail["post"] = {"key": post.key, "role": post.role, "region": post.region}
        post.until = max(asker.now, post.since)
        post.save(update_fields=["until"])


def describe_user(asker: Somebody, user: User, *, about: Particulars, subject: str) -> None:
    """Changes what an account says of its owner, and its unified sign-in 统一身份认证."""
    _check_user(asker, user)
    with deed(asker, "people.described_user", user.key, region=home_of(user)):
        try:
            with transaction.atomic():
                User.objects.filter(pk=user.pk).update(subject=subject, **_told(about))
        except IntegrityError as error:
            raise Refused(_("This unified account cannot be linked.")) from error


def set_active(asker: Somebody, user: User, *, is_active: bool) -> None:
    """Closes an account with its sessions and keys, at once, or opens it again."""
    _check_user(asker, user)
    act = "people.opened_user" if is_active else "people.closed_user"
    with deed(asker, act, user.key, region=home_of(user)):
        User.objects.filter(pk=user.pk).update(is_active=is_active)
        if not is_active:
            _shut_out(user, asker.now)


def _shut_out(user: User, now: datetime) -> None:
    """Ends every session and key of an account."""
    end_sessions_of(user)
    ApiKey.objects.filter(user=user, revoked_at=None).update(revoked_at=now)


def reset_password(asker: Somebody, user: User) -> str:
    """A new password to be shown once and changed at the first sign-in; frees a locked account.

    Its sessions and keys end: whoever had the old password may have made them.
    """
    _check_user(asker, user)
    password = secrets.token_urlsafe(12)
    with deed(asker, "people.reset_password", user.key, region=home_of(user)):
        _shut_out(user, asker.now)
        User.objects.filter(pk=user.pk).update(
            password=make_password(password), must_change=True, failures=0, locked_until=None,
            second="", second_step=0, recovery=[],
        )  # fmt: skip
    return password


def make_administrator(asker: Machine, *, key: str, password: str) -> User:
    """The first administrator of a site, over the whole country; Refused where there is one."""
    if User.objects.filter(posts__role=Post.Role.ADMINISTRATOR).exists():
        raise Refused(_("There is an administrator already; accounts are made on the pages."))
    user = User(key=key, name=key, created_at=asker.now)
    checked(password, user)
    user.set_password(password)
    with deed(asker, "people.made_user", key):
        seat, _is_new = Organisation.objects.get_or_create(key="site", defaults=_OPERATOR)
        user.save(force_insert=True)
        Post.objects.create(
            user=user, role=Post.Role.ADMINISTRATOR, organisation=seat, region=COUNTRY,
            since=asker.now,
        )  # fmt: skip
    return user


_OPERATOR = {"name": "平台运行单位", "name_en": "Operator of the platform",
             "kind": Organisation.Kind.PUBLIC, "region": ""}  # fmt: skip


def _check_user(asker: Somebody, user: User) -> None:
    if asker.key == user.key:
        raise Refused(_("Nobody changes their own posts or account here; ask somebody else."))
    if not may_manage(asker, user):
        raise Refused(
            _("This account has posts beyond what you may give, so you may not change it.")
        )


def _check_post(asker: Somebody, post: NewPost) -> None:
    """Raises Refused naming what is wrong with a post, or that it is more than the asker has."""
    if not is_region(post.region) and post.region != COUNTRY:
        raise Refused(_("A region code has 2, 4, 6, 9 or 12 digits."))
    if post.until is not None and post.until <= post.since:
        raise Refused(_("A post ends after it begins."))
    is_mine = organisations(asker, MANAGE_USERS).filter(pk=post.organisation.pk).exists()
    if not is_mine or not may_give(asker, post.role, _grant(post)):
        raise Refused(_("You may not give this post: it is more than you have."))


def _give(user: User, post: NewPost) -> dict[str, str]:
    made = Post.objects.create(
        user=user, role=post.role, organisation=post.organisation, region=post.region,
        own_only=post.own_only, since=post.since, until=post.until,
    )  # fmt: skip
    return {"key": made.key, "role": made.role, "region": made.region,
            "organisation": post.organisation.key}  # fmt: skip


def _grant(post: NewPost | Post) -> Grant:
    return Grant(post.region, post.organisation.key if post.own_only else "")


def _told(about: Particulars) -> dict[str, str]:
    return {"name": about.name, "name_en": about.name_en, "phone": about.phone,
            "email": about.email}  # fmt: skip
