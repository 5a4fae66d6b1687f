"""The person behind a user."""

from datetime import datetime

from anlan.apps.people.asker import Person, posts_at
from anlan.apps.people.models import User


def person_of(user: User, now: datetime, limits: frozenset[str] | None = None) -> Person:
    """A user with the posts that hold now; one query."""
    posts = user.posts.select_related("organisation").all()
    return Person(user, posts_at(posts, now), now, limits)
