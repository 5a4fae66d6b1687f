"""The session store of the site: Django's, with the user beside the session."""

from datetime import datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as Store

from anlan.apps.people.models import Session, User

CLIENT, ADDRESS = "_client", "_address"


class SessionStore(Store):
    """Sessions in the database, listed by their user; seen_at: when it was last at work."""

    seen_at: datetime | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        row = super()._get_session_from_db()  # type: ignore[misc]  # Django's, unknown to its types
        self.seen_at = row.seen_at if row else None
        return row if isinstance(row, Session) else None

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row of a session, with its user's key."""
        row = super().create_model_instance(data)
        assert isinstance(row, Session)  # noqa: S101 - by get_model_class
        user = User.objects.filter(pk=data.get(SESSION_KEY, 0)).only("key").first()
        row.user_key = user.key if user else ""
        row.client, row.address = str(data.get(CLIENT, ""))[:128], str(data.get(ADDRESS, ""))[:64]
        row.seen_at = self.seen_at
        return row
