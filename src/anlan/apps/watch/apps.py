"""Where Django finds this app."""

from django.apps import AppConfig


class WatchApp(AppConfig):
    """The watch app."""

    name = "anlan.apps.watch"
    label = "watch"
    default_auto_field = "django.db.models.BigAutoField"
