"""Where Django finds this app."""

from django.apps import AppConfig


class PortalApp(AppConfig):
    """The portal app; it keeps no records of its own."""

    name = "anlan.apps.portal"
    label = "portal"
