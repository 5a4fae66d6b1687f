"""What the page kit asks of others: jurisdiction as a condition, and the audited transaction.

The people app fulfils both when it is ready.
"""

from contextlib import AbstractContextManager
from typing import Any, Protocol

from django.db.models import Q

from anlan.desk.asker import Asker
from anlan.terms.places import Scope


class Reach(Protocol):
    """Jurisdiction as a condition on columns; `owner=""` for a model without owners."""

    def __call__(self, scope: Scope, region: str = "region", owner: str = "owner") -> Q: ...


class Deed(Protocol):
    """A transaction that ends with its audit line; gives the line's detail to be filled."""

    def __call__(
        self, asker: Asker, act: str, target: str, *, region: str = ""
    ) -> AbstractContextManager[dict[str, Any]]: ...


class _Seams:
    reach: Reach
    deed: Deed


_SEAMS = _Seams()


def fulfil(*, reach: Reach, deed: Deed) -> None:
    """Says who answers."""
    _SEAMS.reach, _SEAMS.deed = reach, deed


def reach_of(scope: Scope, *, region: str = "region", owner: str = "owner") -> Q:
    """What lies within a scope."""
    return _SEAMS.reach(scope, region, owner)


def deed(
    asker: Asker, act: str, target: str, *, region: str = ""
) -> AbstractContextManager[dict[str, Any]]:
    """One audited write."""
    return _SEAMS.deed(asker, act, target, region=region)
