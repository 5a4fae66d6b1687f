"""Whom a warning waits for: who may review it, and what waits for somebody."""

from copy import copy
from datetime import datetime

from anlan.apps.people.acts import roles_of
from anlan.apps.people.asker import Person, posts_at
from anlan.apps.people.models import Post, User
from anlan.apps.people.queries import within
from anlan.apps.warning.acts import REVIEW
from anlan.apps.warning.models import Warning
from anlan.apps.warning.queries.course.gate import Refusal, may_begin_to_sign
from anlan.apps.warning.queries.course.signers import is_one_of, writers
from anlan.apps.warning.queries.course.stages import may_review
from anlan.apps.warning.queries.listing import waiting_for
from anlan.apps.warning.queries.reach import warnings
from anlan.desk.asker import Asker

_MOST = 50


def reviewers(warning: Warning, at: datetime, *, most: int = 10) -> list[User]:
    """Those of the issuing department who may review it and did not write it, some at most."""
    posts = Post.objects.filter(organisation__key=warning.owner, role__in=roles_of(REVIEW),
                                user__is_active=True)  # fmt: skip
    wrote = writers(warning)
    users = {post.user.key: post.user for post in posts_at(posts.select_related("user"), at)}
    return [user for user in users.values() if not is_one_of(user, wrote)][:most]


def awaiting(asker: Asker) -> list[Warning]:
    """What waits for the asker's signature, and then what waits for its review; the oldest first.

    At most 50 of each.
    """
    if not isinstance(asker, Person) or asker.program:
        return []
    signing = list(warnings(asker).filter(waiting_for(asker)).order_by("changed_at")[:_MOST])
    if not asker.may(REVIEW):
        return signing
    submitted = warnings(asker).filter(state=Warning.State.SUBMITTED)
    reach = within(asker.scope_for(REVIEW))
    rows = submitted.filter(reach).exclude(writer=asker.key).order_by("changed_at")[:_MOST]
    return signing + [one for one in rows if not is_one_of(asker.user, writers(one))]


def may_approve(asker: Asker, warning: Warning, at: datetime) -> Refusal | None:
    """Whether the asker may review and sign it in one act: both would be possible."""
    refusal = may_review(asker, warning, at)
    if refusal is not None:
        return refusal
    reviewed = copy(warning)
    reviewed.state = Warning.State.REVIEWED
    return may_begin_to_sign(asker, reviewed, at)
