"""A site with two counties on a map, for a browser: `python -m tests.browser.map.serve PORT`."""

import sys
from datetime import datetime, timedelta

import django
import uvicorn


def main(port: int) -> None:
    """Fills an empty site and serves it until it is ended."""
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    from tests.apps.map.places import two_counties

    call_command("migrate", verbosity=0)
    _people(timezone.now() - timedelta(days=10))
    two_counties()
    settings.PLACE.ready_file.touch()
    uvicorn.run("anlan.site.asgi:application", port=port, log_level="warning")


def _people(since: datetime) -> None:
    """A duty officer of the county."""
    from anlan.apps.people.models import Organisation, Post, User
    from tests.apps.conftest import PASSWORD

    office = Organisation.objects.create(
        key="org-county", name="安澜县应急管理局", kind="government", region="990101"
    )
    user = User(key="county", name="周值守", created_at=since)
    user.set_password(PASSWORD)
    user.save()
    Post.objects.create(
        user=user, role="duty", organisation=office, region="990101", own_only=False, since=since
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
