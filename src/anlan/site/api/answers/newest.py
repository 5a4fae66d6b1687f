"""The newest reading of each sensor, kept in each web process and brought up to date when asked."""

import threading
from collections.abc import Iterable

from django.conf import settings

from anlan.history.log import store_in
from anlan.history.mirror import Mirror
from anlan.history.query import Archive
from anlan.terms.errors import AnlanError

Row = tuple[int, float | None, str]
"""(ms UTC, value or None, quality word)."""


class Newest:
    """A mirror, opened when first asked and again when the store was restored."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._archive: Archive | None = None
        self._mirror: Mirror | None = None

    def of(self, handles: Iterable[int]) -> dict[int, Row] | None:
        """By handle, where one was heard; None while the store cannot be read."""
        with self._guard:
            try:
                mirror = self._followed()
            except (AnlanError, OSError):
                self._forget()
                return None
            found = {handle: mirror.row(handle) for handle in handles}
        return {handle: row for handle, row in found.items() if row is not None}

    def _followed(self) -> Mirror:
        if self._archive and self._archive.log.epoch_now() != self._archive.log.epoch:
            self._forget()
        if self._mirror is None:
            self._archive = Archive(store_in(settings.PLACE.data))
            self._mirror = Mirror(self._archive)
        else:
            self._mirror.poll()
        return self._mirror

    def close(self) -> None:
        """Ends it; the next question opens it again."""
        with self._guard:
            self._forget()

    def _forget(self) -> None:
        if self._archive:
            self._archive.close()
        self._archive = self._mirror = None


NEWEST = Newest()
