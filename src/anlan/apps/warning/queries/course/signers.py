"""Who may sign for a department, by the data of the packs, and who wrote what is to be signed."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from anlan.apps.atlas.meaning import packs
from anlan.apps.people.asker import grant_of, posts_at
from anlan.apps.people.models import Organisation, Post, User
from anlan.apps.people.queries import same_person
from anlan.apps.warning.models import Edit, Signature, Warning
from anlan.packs import Signing
from anlan.terms.levels import Level
from anlan.terms.places import COUNTRY, LENGTHS


class Seat(NamedTuple):
    """A department that is to sign: its key, the account asked first, and its deputy or empty."""

    organisation: str
    signer: str
    deputy: str = ""


def signing_of(warning: Warning) -> Signing | None:
    """What the pack says of who signs this level; None where it is not known, so nobody does."""
    pack = packs().get(warning.pack)
    return pack.signing.get(Level(warning.level)) if pack else None


def signing_posts(posts: Iterable[Post], warning: Warning, organisation: str) -> list[Post]:
    """Of some posts, those that may sign a warning of this level for an organisation.

    A post is over the warning's own place, or over one of the places warned where the warning is
    joint; and over a jurisdiction as wide as the pack says.
    """
    rule = signing_of(warning)
    if rule is None:
        return []
    return [
        post
        for post in posts
        if post.organisation.key == organisation
        and post.role in rule.roles
        and _is_wide(post.region, rule.region)
        and _is_over(post, warning)
    ]


def _is_wide(region: str, level: str) -> bool:
    return region == COUNTRY or len(region) <= LENGTHS[level]


def _is_over(post: Post, warning: Warning) -> bool:
    places = [warning.region]
    if post.organisation.key != warning.owner:
        places += warning.regions
    return any(grant_of(post).covers(place, warning.owner) for place in places)


def signers(warning: Warning, organisation: str, at: datetime) -> list[User]:
    """The people who may sign for a department now, and did not write it; by account name."""
    rows = Post.objects.filter(organisation__key=organisation, user__is_active=True)
    posts = posts_at(rows.select_related("organisation", "user").order_by("user__key"), at)
    able = {post.user.key: post.user for post in signing_posts(posts, warning, organisation)}
    wrote = writers(warning)
    return [user for user in able.values() if not is_one_of(user, wrote)]


def departments(warning: Warning) -> list[Organisation]:
    """The departments that could sign along: governments and departments above, below or beside
    the place of the warning, in the same city."""
    kinds = (Organisation.Kind.GOVERNMENT, Organisation.Kind.DEPARTMENT)
    city = warning.region[: LENGTHS["city"]]
    return list(Organisation.objects.filter(kind__in=kinds, region__startswith=city))


def default_seats(warning: Warning, order: int, at: datetime, *, but: str) -> list[Seat]:
    """Whoever was asked for the message before; else the first two of the owner's that may.

    but: an account, whose person is not named.
    """
    before = Signature.objects.filter(warning=warning, order=order - 1).order_by("pk")
    keys = [row.organisation for row in before] or [warning.owner]
    named = {row.organisation: (row.signer, row.deputy) for row in before}
    seats = []
    for key in keys:
        able = [u.key for u in signers(warning, key, at) if not is_one_of(u, {but})]
        first = [one for one in named.get(key, ()) if one in able]
        signer, deputy, *_rest = [*first, *(k for k in able if k not in first), "", ""]
        seats.append(Seat(key, signer, deputy))
    return seats


def writers(warning: Warning) -> set[str]:
    """The accounts that wrote, edited or submitted what is in the making."""
    edits = Edit.objects.filter(warning=warning, order=warning.messages.count() + 1)
    return {warning.writer, warning.submitter, *edits.values_list("who", flat=True)} - {""}


def is_one_of(user: User, keys: Iterable[str]) -> bool:
    """Whether a person stands behind one of these accounts."""
    known = set(keys)
    others = User.objects.filter(key__in=known)
    return user.key in known or any(same_person(user, other) for other in others)
