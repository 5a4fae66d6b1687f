"""Makes the records ready: tables as this version has them, and nothing of a demo outside one."""

from collections.abc import Callable
from pathlib import Path

import django


def prepare(found: Callable[[Path], None] | None = None) -> None:
    """Brings the database to this version; Refused where demo accounts stand in a real site.

    found: what fills a demo, given its data folder.
    """
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from anlan.apps.people.actions import check_demo

    place = settings.PLACE
    call_command("migrate", interactive=False, verbosity=0)
    check_demo(place.is_demo)
    if found is not None:
        found(place.data)
    place.ready_file.touch()
