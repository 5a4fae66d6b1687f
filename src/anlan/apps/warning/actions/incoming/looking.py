"""Feeds are looked at when they are due; what they bring is kept, and how they do is told."""

import queue
import threading
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from anlan.apps.warning.actions.incoming.taking import take_in
from anlan.apps.warning.models.incoming import Feed, FeedEntry
from anlan.connectors.feeds import Feed as Setting
from anlan.connectors.feeds import Known, Poll, poll
from anlan.live.ways.tables.page import find
from anlan.terms.errors import AnlanError, Unavailable

_LONGEST = timedelta(hours=1)
_MOST_TRIES = 5
Brought = Poll | Exception


class Listener:
    """Looks at feeds, each on a thread of its own, so that one that hangs delays nothing.

    in_threads: False looks on the caller's own, for what must be done when it returns. A thread
    speaks to the far end only; the records are the caller's.
    """

    def __init__(self, settings: Iterable[Setting], *, in_threads: bool = True) -> None:
        self._settings = {one.key: one for one in settings}
        self._in_threads, self._is_entered = in_threads, False
        self._away: set[str] = set()
        self._back: queue.SimpleQueue[tuple[str, Brought]] = queue.SimpleQueue()

    def step(self, now: datetime) -> bool:
        """Looks at what is due and keeps what came; whether there was something."""
        if not self._is_entered:
            self._enter(now)
        due = Feed.objects.filter(is_set=True, key__in=self._settings, due_at__lte=now)
        for feed in due.exclude(key__in=self._away):
            self._look(feed, now)
        done = 0
        while not self._back.empty():
            key, brought = self._back.get()
            self._away.discard(key)
            self._keep(Feed.objects.get(key=key), brought, now)
            done += 1
        return done > 0

    def _enter(self, now: datetime) -> None:
        """Puts the feeds of the settings into the records, asked for at once."""
        for one in self._settings.values():
            told = {"name": one.name, "address": one.address[:512], "every_s": one.every_s,
                    "quiet_h": one.quiet_h, "is_set": True, "due_at": now}  # fmt: skip
            Feed.objects.update_or_create(
                key=one.key, defaults=told, create_defaults={**told, "since": now}
            )
        Feed.objects.exclude(key__in=self._settings).update(is_set=False)
        self._is_entered = True

    def _look(self, feed: Feed, now: datetime) -> None:
        setting = self._settings[feed.key]
        known = Known(feed.etag, feed.modified)
        rows = feed.entries.all()
        if not setting.form:  # a message is tried again; an event goes on from what was heard last
            rows = rows.exclude(fault__gt="", tries__lt=_MOST_TRIES)
        stamps = dict(rows.values_list("key", "stamp"))
        if not self._in_threads:
            self._back.put((feed.key, looked(setting, known, stamps, now)))
            return
        self._away.add(feed.key)

        def run() -> None:
            self._back.put((feed.key, looked(setting, known, stamps, now)))

        threading.Thread(target=run, name=f"feed {feed.key}", daemon=True).start()

    def _keep(self, feed: Feed, brought: Brought, now: datetime) -> None:
        feed.looked_at = now
        if isinstance(brought, Exception):
            feed.fails += 1
            feed.fault = str(brought)[:256]
            wait = timedelta(seconds=feed.every_s) * (1 << min(feed.fails - 1, 10))
            feed.due_at = now + max(min(wait, _LONGEST), timedelta(seconds=feed.every_s))
        else:
            self._take(feed, brought, now)
        feed.save()

    def _take(self, feed: Feed, brought: Poll, now: datetime) -> None:
        region = self._settings[feed.key].region
        new = 0
        for one in sorted(brought.heard, key=lambda heard: heard.said.sent):
            with transaction.atomic():
                new += take_in(feed, one, now, region=region) is not None
                _note(feed, one.key, one.stamp)
        for key, (stamp, fault) in brought.faults.items():
            _note(feed, key, stamp, fault)
        if brought.keys is not None:
            gone = feed.entries.exclude(key__in=[*brought.keys, *brought.faults])
            gone.filter(pk__in=list(gone.values_list("pk", flat=True)[:500])).delete()
            if self._settings[feed.key].form:  # an event that can be read may have nothing new
                feed.entries.exclude(key__in=brought.faults).update(fault="")
        feed.ok_at, feed.fails, feed.fault = now, 0, ""
        feed.fresh_at = now if new else feed.fresh_at
        feed.etag, feed.modified = brought.state.etag, brought.state.modified
        left = feed.entries.exclude(fault="")
        feed.left_out = left.count()
        feed.left_why = left.values_list("fault", flat=True).first() or ""
        wait_s = feed.every_s if brought.is_whole else 1
        feed.due_at = now + timedelta(seconds=wait_s)


def looked(setting: Setting, known: Known, stamps: dict[str, str], now: datetime) -> Brought:
    """What a look at a feed brought, or why it brought nothing."""
    try:
        return poll(
            setting, lambda url: find(url, setting.private), known=known, stamps=stamps, now=now
        )
    except AnlanError as error:
        return error
    except Exception as error:  # noqa: BLE001 - a feed may hold anything; it must not end the thread
        return Unavailable(f"{type(error).__name__}: {error}")


def _note(feed: Feed, key: str, stamp: str, fault: str = "") -> None:
    """Remembers what became of an entry."""
    row, is_new = FeedEntry.objects.get_or_create(
        feed=feed, key=key, defaults={"stamp": stamp, "fault": fault[:256], "tries": 1}
    )
    if not is_new:
        row.tries = row.tries + 1 if row.stamp == stamp and fault else 1
        row.stamp, row.fault = stamp, fault[:256]
        row.save()
