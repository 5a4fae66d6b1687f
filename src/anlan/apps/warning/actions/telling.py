"""Who is told that a warning waits for them: by the outbox, in the act's own transaction."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from anlan.apps.people.actions import notify
from anlan.apps.people.acts import roles_of
from anlan.apps.people.asker import posts_at
from anlan.apps.people.models import Post, User
from anlan.apps.warning.acts import REVIEW
from anlan.apps.warning.models import Warning
from anlan.apps.warning.queries.signers import is_one_of, writers
from anlan.apps.warning.queries.wording import marked

_MOST_REVIEWERS = 10


def ask_reviewers(warning: Warning, now: datetime) -> None:
    """Tells those of the issuing department who may review it, some at most."""
    posts = Post.objects.filter(organisation__key=warning.owner, role__in=roles_of(REVIEW),
                                user__is_active=True)  # fmt: skip
    wrote = writers(warning)
    users = {post.user.key: post.user for post in posts_at(posts.select_related("user"), now)}
    able = [user for user in users.values() if not is_one_of(user, wrote)][:_MOST_REVIEWERS]
    _tell(warning, able, _("Please review: %(what)s"), now=now)


def ask_signers(warning: Warning, keys: Iterable[str], now: datetime) -> None:
    """Tells those who are asked to sign now."""
    users = User.objects.filter(key__in=set(keys), is_active=True)
    _tell(warning, users, _("Please sign: %(what)s"), now=now)


def _tell(warning: Warning, users: Iterable[User], subject: str, *, now: datetime) -> None:
    what = marked(warning.headline_zh or warning.event_zh, warning.status, "zh")
    address = settings.PLACE.options.address
    link = [f"{address}/warnings/{warning.key}"] if address else []
    text = "\n".join([what, marked(warning.description_zh, warning.status, "zh"), *link])
    for user in users:
        if user.email:
            notify(
                kind="email", address=user.email, person=user.name,
                subject=subject % {"what": what}, text=text, cause=f"warning:{warning.key}",
                region=warning.region, owner=warning.owner, status=warning.status, now=now,
            )  # fmt: skip
