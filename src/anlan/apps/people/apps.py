"""Where Django finds this app."""

from django.apps import AppConfig


class PeopleApp(AppConfig):
    """The people app."""

    name = "anlan.apps.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
