"""Where an account belongs, for the audit line of what its owner does to it."""

from anlan.apps.people.models import User


def home_of(user: User) -> str:
    """The region of the user's widest post, past or present; empty where there is none."""
    regions = list(user.posts.values_list("region", flat=True))
    return min(regions, key=lambda region: (len(region), region), default="")
