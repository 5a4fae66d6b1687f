"""A limit tried on the past of its object, in a process of its own: `python -m` this module.

Reads what is asked as JSON from standard input and writes what came of it into a file. The engine
judges the stored readings of one object twice, under the limits as they are and with the new one
put in place of its level for the whole time. It ends by itself when it takes too much of the
processor, or far too long.
"""

import fcntl
import json
import signal
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from anlan.live.supervisor import use_cache

DAYS, MOST_ROWS = 30, 1_500_000
MOST_S, LONGEST_S = 60, 150
"""Of the processor, and by the clock: beside a storm its turn comes late."""
_DAY_MS, _HOUR_MS = 86_400_000, 3_600_000
_SHOWN = 10


def run(asked: dict[str, Any]) -> dict[str, Any]:
    """What the last days would have looked like; AnlanError where the store cannot be read.

    asked: data (folder), object, limit (an entry of the registry), now (ms UTC).
    """
    use_cache(Path(asked["data"]))
    from anlan.history.log import store_in
    from anlan.history.query import Archive
    from anlan.history.registry import Registry, limit_of
    from anlan.live.replay.run import replay_from
    from anlan.live.replay.trying.trial import trial

    with Archive(store_in(Path(asked["data"]))) as archive:
        one = _Thing(Registry.from_log(archive.log), asked["object"])
        batches, days = one.readings(archive, asked["now"] + 1)
    if not batches:
        return {"readings": 0, "days": 0}
    now, then = (
        replay_from(lambda _faults, _careful: iter(batches), plan)
        for plan in (one.plan(), one.plan(limit_of(asked["limit"])))
    )
    return _told(trial(now, then), days) | {"readings": now.readings}


class _Thing:
    """One object of the registry by itself: its sensors numbered anew from 0."""

    def __init__(self, registry: Any, key: str) -> None:
        sensors = enumerate(registry.sensors)
        kept = [(h, s) for h, s in sensors if s.object == key and s.key not in registry.retired]
        self.registry = registry
        self.handles = [handle for handle, _ in kept]
        self.sensors = [sensor for _, sensor in kept]
        self.groups = [group for group in registry.groups.values() if group.key == key]

    def plan(self, new: Any = None) -> Any:
        """The plan under its limits; new: a limit that takes the place of its level throughout."""
        from anlan.engine.plan import compile_plan

        limits = [one for sensor in self.sensors for one in self.registry.limits_of(sensor.key)]
        if new is not None:
            place = (new.sensor, new.level)
            limits = [one for one in limits if (one.sensor, one.level) != place] + [new]
        return compile_plan(
            self.sensors, limits, list(self.registry.rule_sets.values()), self.groups
        )

    def readings(self, archive: Any, high: int) -> tuple[list[Any], int]:
        """Its readings before a moment, a batch a day, oldest first; and how many days they are.

        Fewer than DAYS where there would be more than MOST_ROWS.
        """
        import numpy as np

        from anlan.history.query import Span

        found: list[Any] = []
        rows, days = 0, 0
        for days in range(1, DAYS + 1):
            low = high - days * _DAY_MS
            batch = archive.rows(self.handles, Span(low, low + _DAY_MS)).batch()
            rows += len(batch.time)
            if rows > MOST_ROWS:
                return found[::-1], days - 1
            if len(batch.time):
                places = np.searchsorted(np.array(self.handles), batch.sensor)
                found.append(batch._replace(sensor=places.astype(np.int32)))
        return found[::-1], days


def _told(found: Any, days: int) -> dict[str, Any]:
    """Raises and hours by level of both sides, and the first differences."""
    comparison = found.comparison
    differences = [one.as_dict() for one in comparison.differences[:_SHOWN]]
    last = found.present.duty.span[1]
    return {
        "days": days,
        "present": _side(found.present, last),
        "candidate": _side(found.candidate, last),
        "same": comparison.same,
        "differences": differences,
        "more": len(comparison.differences) - len(differences),
    }


def _side(side: Any, last: int) -> dict[str, Any]:
    raises = {int(level): n for level, n in side.duty.raises.items()}
    return {"raises": raises, "hours": hours_by_level(side.episodes, last)}


def hours_by_level(episodes: Iterable[Any], last: int) -> dict[int, float]:
    """Hours that alarms stood at each level, up to a last moment (ms UTC)."""
    found: dict[int, int] = {}
    for one in episodes:
        ends = [at for at, _ in one.steps[1:]] + [last if one.end is None else one.end]
        for (at, level), end in zip(one.steps, ends, strict=True):
            found[int(level)] = found.get(int(level), 0) + max(0, end - at)
    return {level: round(ms / _HOUR_MS, 2) for level, ms in found.items()}


def main() -> None:
    """Does what standard input asks for; one at a time on this machine."""
    asked = json.load(sys.stdin)
    out = Path(asked["out"])
    with (out.parent / "one-at-a-time").open("w") as line:
        fcntl.flock(line, fcntl.LOCK_EX)
        for number in (signal.SIGPROF, signal.SIGALRM):
            signal.signal(number, _too_long)
        signal.setitimer(signal.ITIMER_PROF, MOST_S)
        signal.alarm(LONGEST_S)
        try:
            found = run(asked)
        except TimeoutError:
            found = {"fault": "slow"}
        except Exception as error:  # noqa: BLE001 - whoever asked is told, whatever it is
            found = {"fault": str(error) or type(error).__name__}
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
    half = out.with_suffix(".half")
    half.write_text(json.dumps(found))
    half.replace(out)


def _too_long(*_: object) -> NoReturn:
    raise TimeoutError


if __name__ == "__main__":
    main()
