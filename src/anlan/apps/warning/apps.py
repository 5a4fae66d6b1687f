"""Where Django finds this app."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class WarningApp(AppConfig):
    """The warning app."""

    name = "anlan.apps.warning"
    label = "warning"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The database itself keeps what must not change; pages of alarms lead here."""
        from anlan.apps.warning.menu import (
            beside_alarm,
            incoming_on_desk,
            on_desk,
            on_map,
            risks_beside_alarm,
            risks_on_desk,
        )
        from anlan.desk.offers import offer

        post_migrate.connect(_keep, sender=self, dispatch_uid="anlan.warning")
        offer("alarm", beside_alarm)
        offer("alarm", risks_beside_alarm)
        offer("desk", on_desk)
        offer("desk", incoming_on_desk)
        offer("desk", risks_on_desk)
        offer("map", on_map)


def _keep(using: str, **_: Any) -> None:
    from anlan.apps.warning.models.kept import keep_rows

    keep_rows(using)
