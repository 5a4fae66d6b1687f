"""Who is told that a warning waits for them: by the outbox, in the act's own transaction."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from anlan.apps.people.actions import notify
from anlan.apps.people.models import User
from anlan.apps.warning.models import Warning
from anlan.apps.warning.queries.listing.waiting import reviewers
from anlan.apps.warning.queries.writing.wording import marked


def ask_reviewers(warning: Warning, now: datetime) -> None:
    """Tells those of the issuing department who may review it, some at most."""
    _tell(warning, reviewers(warning, now), _("Please review: %(what)s"), now=now)


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
