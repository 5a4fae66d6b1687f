"""Where Django finds the page kit."""

from typing import Any

from django.apps import AppConfig
from django.db import transaction
from django.db.models.signals import post_migrate


class DeskApp(AppConfig):
    """The page kit; it has no tables of its own."""

    name = "anlan.desk"
    label = "desk"

    def ready(self) -> None:
        """Lookups are known, and the indexes of shapes are made after every migration."""
        from anlan.desk.geometry import lookups  # noqa: F401 - registers them

        post_migrate.connect(_rebuild, dispatch_uid="anlan.desk")


def _rebuild(sender: AppConfig, using: str, **_: Any) -> None:
    from anlan.desk.geometry import build_indexes
    from anlan.desk.search import build_word_indexes

    models = list(sender.get_models())
    with transaction.atomic(using):  # else whoever looks meanwhile finds half an index
        build_indexes(models, using)
        build_word_indexes(models, using)
