"""Names of regions, kept in each process until a region changes."""

import threading
import time
from typing import NamedTuple

from django.db.models import Max, Q
from django.db.models.functions import Length
from django.db.models.signals import post_delete, post_save
from django.utils.translation import get_language

from anlan.apps.atlas.models import Region
from anlan.terms.places import parents_of

_FRESH_S = 5.0


class _Name(NamedTuple):
    zh: str
    en: str


class _Names:
    """The names of all standing regions.

    Another process may have changed one: the newest row is looked at again every few seconds.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._names: dict[str, _Name] = {}
        self._version: tuple[object, ...] = ()
        self._looked = float("-inf")

    def get(self, code: str) -> _Name | None:
        """The name of a code."""
        with self._guard:
            if time.monotonic() - self._looked > _FRESH_S:
                self._look()
            return self._names.get(code)

    def forget(self, **_: object) -> None:
        """Looks again when next asked, and believes nothing of before."""
        self._version, self._looked = (), float("-inf")

    def _look(self) -> None:
        found = Region.objects.aggregate(newest=Max("id"), ended=Max("until"))
        version = (found["newest"], found["ended"])
        if version != self._version:
            rows = Region.objects.standing().values_list("key", "name", "name_en")
            self._names = {key: _Name(zh, en) for key, zh, en in rows}
            self._version = version
        self._looked = time.monotonic()


_NAMES = _Names()
for _signal in (post_save, post_delete):
    _signal.connect(_NAMES.forget, sender=Region, dispatch_uid=f"anlan.atlas.names.{id(_signal)}")


def region_name(code: str) -> str:
    """A region's name in the reader's language; its code where it has none."""
    found = _NAMES.get(code)
    if found is None:
        return code
    return found.en if found.en and (get_language() or "").startswith("en") else found.zh


def region_path(code: str) -> str:
    """A region's name with those above it, from the county down: 安澜县 城关镇 桥头村."""
    codes = [one for one in reversed((code, *parents_of(code))) if len(one) >= 6] or [code]
    return " ".join(region_name(one) for one in codes)


def region_choices(condition: Q, *, longest: int = 9, most: int = 1000) -> list[tuple[str, str]]:
    """Codes and names of the regions that a condition leaves, down to the towns (9 digits)."""
    rows = Region.objects.standing().filter(condition).annotate(size=Length("key"))
    keys = rows.filter(size__lte=longest).order_by("key").values_list("key", flat=True)[:most]
    return [(key, "\u3000" * max(0, (len(key) - 4) // 2) + region_name(key)) for key in keys]
