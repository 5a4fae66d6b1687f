"""Feeds of official warnings: how each does, and what it has been read of."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models


class Feed(models.Model):
    """A feed of the settings.

    is_set: whether the settings still name it · quiet_h: hours without anything new after which it
    counts as silent, 0 for never · since: from when it is asked · looked_at: when it was asked
    last, ok_at: when it answered last, fresh_at: when it brought something last · due_at: when it
    is asked next · fails: failures in a row, fault: the last one's reason · left_out: how many of
    its entries cannot be read now, left_why: why the first of them · etag, modified: to ask with.
    """

    PATIENCE: ClassVar[int] = 3
    """So many looks in a row may fail before it is called silent."""

    key = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=128)
    address = models.CharField(max_length=512)
    is_set = models.BooleanField(default=True)
    every_s = models.PositiveIntegerField(default=60)
    quiet_h = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    looked_at = models.DateTimeField(null=True)
    ok_at = models.DateTimeField(null=True)
    fresh_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    fails = models.PositiveIntegerField(default=0)
    fault = models.CharField(max_length=256, blank=True)
    left_out = models.PositiveIntegerField(default=0)
    left_why = models.CharField(max_length=256, blank=True)
    etag = models.CharField(max_length=200, blank=True)
    modified = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return self.name

    def is_mute(self, now: datetime) -> bool:
        """Whether it has not answered for some looks."""
        late = timedelta(seconds=self.every_s * self.PATIENCE + 30)
        return self.fails >= self.PATIENCE or now - (self.ok_at or self.since) > late

    def is_stale(self, now: datetime) -> bool:
        """Whether it answers, but has brought nothing for longer than it usually takes."""
        span = timedelta(hours=self.quiet_h)
        return bool(self.quiet_h) and now - (self.fresh_at or self.since) > span


class FeedEntry(models.Model):
    """An entry of a feed that was dealt with. stamp: the state it was in · fault: why it was left
    out, and tries: how often."""

    feed = models.ForeignKey(Feed, models.CASCADE, related_name="entries")
    key = models.CharField(max_length=200)
    stamp = models.CharField(max_length=32)
    fault = models.CharField(max_length=256, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["feed", "key"], name="warning_feed_entry_once"),
        )

    def __str__(self) -> str:
        return self.key
