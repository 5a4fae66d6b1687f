"""The site as an ASGI application."""

import os

from asgiref.sync import sync_to_async
from django.core.asgi import get_asgi_application
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.site.settings")
_django = get_asgi_application()

from anlan.apps.people.entrance import is_known  # noqa: E402 - after Django is set up
from anlan.site.frame.bounds import Bounded  # noqa: E402 - the same
from anlan.site.frame.public import Public  # noqa: E402 - the same
from anlan.site.settings import PLACE  # noqa: E402 - the same


def _knows(cookies: str, authorization: str) -> bool:
    close_old_connections()  # as Django does before a request: this thread may be idle for hours
    return is_known(cookies, authorization)


_pages = Bounded(_django, PLACE.options.upload_bytes, sync_to_async(_knows))
application = Public(PLACE.public_folder, _pages)
