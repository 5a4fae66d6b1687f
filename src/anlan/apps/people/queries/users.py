"""Accounts, posts and organisations, as far as whoever manages them may see."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404

from anlan.apps.people.acts import MANAGE_USERS, Role
from anlan.apps.people.asker import Person, Somebody, grant_of
from anlan.apps.people.models import Organisation, Post, User
from anlan.apps.people.queries.reach import within
from anlan.terms.places import COUNTRY, Grant, Scope


def users(asker: Somebody) -> QuerySet[User]:
    """The accounts with a post, past or present, where the asker manages accounts."""
    reach = _reach(asker)
    posts = Post.objects.filter(reach).select_related("organisation").order_by("region", "role")
    is_here = Exists(Post.objects.filter(reach, user=OuterRef("pk")))
    return User.objects.filter(is_here).prefetch_related(Prefetch("posts", posts, "shown_posts"))


def searched(found: QuerySet[User], words: str) -> QuerySet[User]:
    """Of some accounts, those with the words in account or name."""
    words = words.strip()[:64]
    return found.filter(Q(key__icontains=words) | Q(name__icontains=words)) if words else found


def user_for(asker: Somebody, key: str) -> User:
    """An account of the asker's jurisdiction; Http404 where there is none."""
    found = users(asker).filter(key=key).first()
    if found is None:
        raise Http404
    return found


def names_of(keys: Iterable[str]) -> dict[str, str]:
    """What accounts are called, by key; for rows that the asker may see."""
    return dict(User.objects.filter(key__in=set(keys)).values_list("key", "name"))


def organisations(asker: Somebody, act: str = MANAGE_USERS) -> QuerySet[Organisation]:
    """The organisations where the asker may do an act."""
    return Organisation.objects.filter(within(asker.scope_for(act), "region", "key"))


def named_like(found: QuerySet[Organisation], words: str) -> QuerySet[Organisation]:
    """Of some organisations, those with the words in name or key, or of a region's code."""
    words = words.strip()[:64]
    wanted = Q(name__icontains=words) | Q(name_en__icontains=words) | Q(key__istartswith=words)
    return found.filter(wanted | Q(region__startswith=words)).order_by("region", "key")


def roles_given_by(asker: Somebody) -> frozenset[Role]:
    """The roles that the asker may give: an administrator all, a manager all others."""
    if not isinstance(asker, Person):
        return frozenset(Role)
    own = {post.role for post in asker.posts}
    if Role.ADMINISTRATOR in own:
        return frozenset(Role)
    return frozenset(Role) - {Role.ADMINISTRATOR} if Role.MANAGER in own else frozenset()


def may_give(asker: Somebody, role: str, grant: Grant) -> bool:
    """Whether the asker may give or take a post: nobody gives more than they have."""
    if not isinstance(asker, Person):
        return asker.may(MANAGE_USERS)
    if asker.limits is not None and MANAGE_USERS not in asker.limits:
        return False
    givers = {Role.ADMINISTRATOR} if role == Role.ADMINISTRATOR else _GIVERS
    scope = Scope.of(grant_of(post) for post in asker.posts if post.role in givers)
    return _contains(scope, grant)


def may_manage(asker: Somebody, user: User) -> bool:
    """Whether the asker may change an account: only where it could give every post it has.

    Otherwise a new password would be a way to somebody else's rights.
    """
    if asker.key == user.key:
        return False
    posts: Iterable[Post] = user.posts.select_related("organisation").all()
    open_posts = [post for post in posts if post.until is None or post.until > asker.now]
    return all(may_give(asker, post.role, grant_of(post)) for post in open_posts)


_GIVERS = {Role.MANAGER, Role.ADMINISTRATOR}


def _contains(scope: Scope, grant: Grant) -> bool:
    if grant.region == COUNTRY:
        return any(own.region == COUNTRY and not own.owner for own in scope.grants)
    return scope.covers(grant.region, grant.owner)


def _reach(asker: Somebody) -> Q:
    return within(asker.scope_for(MANAGE_USERS), "region", "organisation__key")
