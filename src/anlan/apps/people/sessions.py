"""The session store of the site: Django's, with the user beside the session."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as Store

from anlan.apps.people.models import Session, User

CLIENT, ADDRESS = "_client", "_address"


class SessionStore(Store):
    """Sessions in the database, listed by their user."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row of a session, with its user's key."""
        row = super().create_model_instance(data)
        assert isinstance(row, Session)  # noqa: S101 - by get_model_class
        user = User.objects.filter(pk=data.get(SESSION_KEY, 0)).only("key").first()
        row.user_key = user.key if user else ""
        row.client, row.address = str(data.get(CLIENT, ""))[:128], str(data.get(ADDRESS, ""))[:64]
        return row
