"""Where somebody is signed in, and the keys of their programs."""

import hashlib
from dataclasses import dataclass

from django.db.models import QuerySet

from anlan.apps.people.asker import Person
from anlan.apps.people.models import ApiKey, Session

# Most browsers also name others, so the particular ones come first.
_BROWSERS = (
    ("MicroMessenger", "微信"), ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"),
    ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
    ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A session as its owner sees it; name: stands for its key, which stays secret."""

    name: str
    row: Session
    is_here: bool

    @property
    def device(self) -> str:
        """What the browser says of itself, in short: Firefox · Android."""
        said = self.row.client
        browser = next((name for sign, name in _BROWSERS if sign in said), "")
        system = next((name for sign, name in _SYSTEMS if sign in said), "")
        return " · ".join(filter(None, (browser, system))) or said[:32] or "—"


def sessions_of(person: Person, here: str) -> list[Place]:
    """One's own sessions that are not over, the present one first."""
    rows = Session.objects.filter(user_key=person.key, expire_date__gt=person.now)
    places = [Place(name_of(row), row, row.session_key == here) for row in rows[:200]]
    return sorted(places, key=lambda place: not place.is_here)


def session_of(person: Person, name: str) -> Session | None:
    """One of one's own sessions by its name."""
    rows = Session.objects.filter(user_key=person.key)
    return next((row for row in rows if name_of(row) == name), None)


def name_of(row: Session) -> str:
    """A name that does not open the session."""
    return hashlib.sha256(row.session_key.encode()).hexdigest()[:16]


def keys_of(person: Person) -> QuerySet[ApiKey]:
    """One's own keys, the newest first; those taken back are not shown."""
    return ApiKey.objects.filter(user=person.user, revoked_at=None)
