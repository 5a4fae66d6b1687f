"""Makes the records ready: tables as this version has them, and nothing of a demo outside one."""

import fcntl
from collections.abc import Callable
from pathlib import Path

import django


def prepare(found: Callable[[Path], None] | None = None) -> None:
    """Brings the database to this version; Refused where demo accounts stand in a real site.

    found: what fills a demo, given its data folder.
    """
    django.setup()
    from django.conf import settings

    from anlan.apps.people.actions import check_demo

    place = settings.PLACE
    migrate(place.data)
    check_demo(place.is_demo)
    if found is not None:
        found(place.data)
    place.ready_file.touch()


def migrate(data: Path) -> None:
    """Brings the database of a data folder to this version; one process after another."""
    from django.core.management import call_command

    (data / "desk").mkdir(parents=True, exist_ok=True)
    with (data / "desk" / "migrate.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        call_command("migrate", interactive=False, verbosity=0)
