"""Who signs for which department, as the editor shows and takes it."""

from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from anlan.apps.people.asker import posts_at
from anlan.apps.people.models import Organisation, Post, User
from anlan.apps.warning.models import Warning
from anlan.apps.warning.queries import Seat, default_seats, departments, order_of, signers
from anlan.apps.warning.queries.course.signers import is_one_of, signing_of, signing_posts
from anlan.desk.asker import Asker

_MOST = 12


@dataclass(frozen=True, slots=True)
class Row:
    """A department with those who could sign for it; is_own: it issues the warning."""

    seat: Seat
    office: Organisation
    able: list[User]
    is_own: bool


def seats_of(asker: Asker, warning: Warning) -> list[Seat]:
    """Who was named, or would be."""
    order = order_of(warning)
    rows = list(warning.signatures.filter(order=order)) if warning.is_in_the_making else []
    named = [Seat(one.organisation, one.signer, one.deputy) for one in rows]
    return named or default_seats(warning, order, asker.now, but=asker.key)


def seats_in(asker: Asker, warning: Warning, post: QueryDict) -> list[Seat]:
    """Who is named in a form; a department that joins brings the first two that may sign."""
    names = (post.getlist(name)[:_MOST] for name in ("seat", "signer", "deputy"))
    found = [Seat(*one) for one in zip(*names, strict=False) if one[0] != post.get("drop")]
    joins = post.get("join", "")
    if joins and joins not in {one.organisation for one in found}:
        able = [user.key for user in able_for(asker, warning, joins)]
        found.append(Seat(joins, *[*able, "", ""][:2]))
    return found


def rows_of(asker: Asker, warning: Warning, seats: list[Seat]) -> list[Row]:
    """The seats with what may be chosen; a department that does not exist is left out."""
    keys = [one.organisation for one in seats]
    offices = {one.key: one for one in Organisation.objects.filter(key__in=keys)}
    return [
        Row(one, offices[one.organisation], able_for(asker, warning, one.organisation),
            is_own=one.organisation == warning.owner)
        for one in seats
        if one.organisation in offices
    ]  # fmt: skip


def able_for(asker: Asker, warning: Warning, organisation: str) -> list[User]:
    """Who may sign for a department when the asker submits it."""
    able = signers(warning, organisation, asker.now)
    return [user for user in able if not is_one_of(user, {asker.key})]


def joinable(warning: Warning, seats: list[Seat], at: datetime) -> list[Organisation]:
    """The departments that have somebody who may sign, and are not named yet."""
    rule, named = signing_of(warning), {one.organisation for one in seats}
    if rule is None:
        return []
    rows = Post.objects.filter(
        organisation__in=departments(warning), role__in=rule.roles, user__is_active=True
    )
    posts = posts_at(rows.select_related("organisation", "user"), at)
    keys = {p.organisation.key for p in posts if signing_posts([p], warning, p.organisation.key)}
    return [one for one in departments(warning) if one.key in keys - named]
