"""What a warning or a risk came from, and the way there for those who may see it."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from anlan.apps.warning.models import Risk, Warning
from anlan.apps.warning.models.warning import OFFICIAL
from anlan.apps.warning.queries.incoming.listing import seen
from anlan.apps.warning.queries.reach import warnings
from anlan.apps.watch.queries import alarms
from anlan.desk.asker import Asker

_KINDS = Risk.Source
_PAGES: dict[str, str] = {
    _KINDS.ALARM: "/alarms/", _KINDS.WARNING: "/warnings/", _KINDS.INCOMING: "/warnings/incoming/",
}  # fmt: skip


class Origin(NamedTuple):
    """kind: hand, alarm, warning or incoming · key: of that; empty for whoever may not see it,
    who is to learn neither the key nor whether it is still there."""

    kind: str
    key: str

    @property
    def page(self) -> str:
        """Its address; empty where there is nothing that the asker may see."""
        return f"{_PAGES[self.kind]}{self.key}" if self.key else ""


def origin_of(asker: Asker, one: Warning | Risk) -> Origin:
    """What a warning was drafted from, or what a risk was opened from."""
    return origins_of(asker, [one])[0]


def origins_of(asker: Asker, ones: Sequence[Warning | Risk]) -> list[Origin]:
    """The same of several, in their order."""
    named = [_named(one) for one in ones]
    told = {kind: _SEEN[kind](asker, {key for of, key in named if of == kind})
            for kind in {kind for kind, key in named if key}}  # fmt: skip
    return [Origin(kind, key if key in told.get(kind, ()) else "") for kind, key in named]


def _named(one: Warning | Risk) -> tuple[str, str]:
    """Kind and key of what it came from."""
    if isinstance(one, Risk):
        return one.source, one.cause
    if one.cause.startswith(OFFICIAL):
        return _KINDS.INCOMING, one.cause.removeprefix(OFFICIAL)
    return (_KINDS.ALARM, one.cause) if one.cause else (_KINDS.HAND, "")


def _alarms(asker: Asker, keys: Iterable[str]) -> set[str]:
    return set(alarms(asker).filter(key__in=keys).order_by().values_list("key", flat=True))


def _warnings(asker: Asker, keys: Iterable[str]) -> set[str]:
    return set(warnings(asker).filter(key__in=keys).order_by().values_list("key", flat=True))


def _incoming(asker: Asker, keys: Iterable[str]) -> set[str]:
    return {key for key in keys if seen(asker, key) is not None}


_SEEN: dict[str, Callable[[Asker, Iterable[str]], set[str]]] = {
    _KINDS.ALARM: _alarms, _KINDS.WARNING: _warnings, _KINDS.INCOMING: _incoming,
}  # fmt: skip
"""Which of some keys the asker may see: each asks the one rule of its own kind."""
