"""Makes the records ready: tables as this version has them, and nothing of a demo outside one."""

import django


def prepare(days: int) -> None:
    """Brings the database to this version; Refused where demo accounts stand in a real site.

    days: of the past that a demo's city has lived.
    """
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from anlan.apps.people.actions import check_demo

    place = settings.PLACE
    call_command("migrate", interactive=False, verbosity=0)
    check_demo(place.is_demo)
    if place.is_demo:
        from anlan.site.demo.founding import found

        found(place.data, days)
    place.ready_file.touch()
