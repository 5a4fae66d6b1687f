"""Where Django finds this app."""

from django.apps import AppConfig


class AtlasApp(AppConfig):
    """The atlas app."""

    name = "anlan.apps.atlas"
    label = "atlas"
    default_auto_field = "django.db.models.BigAutoField"
