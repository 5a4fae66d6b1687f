"""Where Django finds this app."""

from django.apps import AppConfig


class PeopleApp(AppConfig):
    """The people app."""

    name = "anlan.apps.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The page kit asks here for jurisdiction and audit."""
        from anlan.apps.people.actions.audit import deed
        from anlan.apps.people.queries.reach import within
        from anlan.desk.seams import fulfil

        fulfil(reach=within, deed=deed)
