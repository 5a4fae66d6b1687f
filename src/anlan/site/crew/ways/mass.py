"""A process that sends to the mass of subscribers; one of some, each with a book of its own."""

import asyncio
import gc
import signal
import socket

import django
import uvloop


def mass(number: int) -> None:
    """Sends until it is told to stop."""
    django.setup()
    uvloop.run(_send(number))


async def _send(number: int) -> None:
    from django.conf import settings
    from django.utils import timezone

    from anlan.apps.warning.actions.mass.book import Book
    from anlan.apps.warning.actions.mass.sending import Sender
    from anlan.apps.warning.actions.mass.slips import Records
    from anlan.site.crew.ways.many import ways_to_many

    place, ending = settings.PLACE, asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, ending.set)
    book = Book(place.data / "desk" / "mass" / f"{number}.book")
    gc.freeze()
    try:
        sender = Sender(
            ways_to_many(place.options, Records()),
            holder=f"{socket.gethostname()[:48]}.{number}", book=book, clock=timezone.now,
            turn=number,
        )  # fmt: skip
        await sender.run(ending)
    finally:
        book.close()
