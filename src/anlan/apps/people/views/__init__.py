"""Pages of the people app."""

from anlan.apps.people.views.entrance import language, login, logout

__all__ = ["language", "login", "logout"]
