"""What waits for somebody's decision under official warnings: where limits could be lowered."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from anlan.apps.atlas.models import Lowering
from anlan.apps.warning.acts import LOWER
from anlan.apps.warning.models.incoming import Incoming
from anlan.apps.warning.queries.incoming.bearing import CAUSE, borne_by, charge_of, decided
from anlan.apps.warning.queries.incoming.listing import standing
from anlan.desk.asker import Asker
from anlan.packs import Bearing

_MOST = 100
_STATES = Lowering.State


class Seen(NamedTuple):
    """What somebody had before their eyes when they decided: of which pack, and its mark."""

    pack: str
    mark: str
    is_again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A lowering that somebody may confirm, for these regions.

    is_again: the limits there were left as they are, or raised again by hand.
    """

    one: Incoming
    pack: str
    bearing: Bearing
    regions: tuple[str, ...]
    is_again: bool = False

    @property
    def mark(self) -> str:
        """Tells whether it is still what somebody saw: level, terms and regions, with dots."""
        level = int(self.bearing.level)
        return f"{level}.{_digest(self.bearing.lower)}.{_digest(self.regions)}"


def _digest(told: Any) -> str:
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def asked_of(asker: Asker, one: Incoming) -> list[Asked]:
    """What the asker may decide under a warning; what is automatic waits for nobody."""
    return _asked(asker, one, list(decided(one)))


def asked_on_desk(asker: Asker) -> list[Asked]:
    """What waits for the asker's decision, over all warnings that stand."""
    if not asker.may(LOWER):
        return []
    ones = list(standing(asker).filter(status="Actual")[:_MOST])
    known: dict[str, list[Lowering]] = defaultdict(list)
    for row in Lowering.objects.filter(cause__in=[f"{CAUSE}{one.key}" for one in ones]):
        known[row.cause].append(row)
    found = (x for one in ones for x in _asked(asker, one, known[f"{CAUSE}{one.key}"]))
    return [asked for asked in found if not asked.is_again]


def _asked(asker: Asker, one: Incoming, rows: Sequence[Lowering]) -> list[Asked]:
    if not one.stands(asker.now) or not asker.may(LOWER):
        return []
    found, charge = [], charge_of(asker, one)
    for pack, bearing in borne_by(one):
        open_, declined = parted(rows, pack, bearing, regions=charge)
        if bearing.lower and open_ and not bearing.is_automatic:
            found.append(Asked(one=one, pack=pack, bearing=bearing, regions=open_))
        if bearing.lower and declined:
            found.append(
                Asked(one=one, pack=pack, bearing=bearing, regions=declined, is_again=True)
            )
    return found


def parted(
    rows: Iterable[Lowering], pack: str, bearing: Bearing, *, regions: Iterable[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those of the regions where nothing is decided at that level, and those where the newest
    decision was against lowered limits; where they are lowered is neither.

    rows: all that was decided under the warning.
    """
    level = int(bearing.level)
    of_level = [row for row in rows if row.pack == pack and row.level == level]
    open_: list[str] = []
    declined: list[str] = []
    for code in regions:
        here = [row for row in of_level if any(code.startswith(x) for x in row.regions)]
        if any(row.state == _STATES.STANDS for row in here):
            continue
        newest = max(here, key=_decided_at, default=None)
        (open_ if newest is None or _is_void(newest) else declined).append(code)
    return tuple(open_), tuple(declined)


def _decided_at(row: Lowering) -> datetime:
    return row.end if row.state == _STATES.ENDED else row.since


def _is_void(row: Lowering) -> bool:
    """Nothing was decided by a lowering that ended by itself, and whose warning went on."""
    return row.state == _STATES.ENDED and not row.ended_by
