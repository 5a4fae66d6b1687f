"""Publications one after another, in each of which a process is killed at one of its commits.

`python -m tests.flow.killed.moments PORTS`, with ANLAN_DATA: takes rounds as JSON lines from
standard input and answers each with one. The processes of a site are forked from this one, which
has everything loaded: so hundreds of deaths cost minutes. They run the site's own parts; only the
records' commit and the clock of the machine are this test's.
"""

import json
import mmap
import os
import shutil
import signal
import struct
import sys
import time
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import django

WORK, MASS = "work", "mass"
AHEAD_S = 200
"""So much later the dead are alive again: whatever they had leased may be taken."""
_MOST_S = 90.0
_FIELD, _FIELDS = struct.Struct("q"), {"work": 0, "mass": 1, "at": 2, "after": 3, "ahead_s": 4}
"""What all processes share: how many commits each made, which is the last, whether it is made
still, and how far their clock is ahead."""
_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class Shared:
    """Numbers that this process and its children see."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _FIELD.size * len(_FIELDS))

    def __getitem__(self, name: str) -> int:
        return int(_FIELD.unpack_from(self._memory, _FIELD.size * _FIELDS[name])[0])

    def __setitem__(self, name: str, value: int) -> None:
        _FIELD.pack_into(self._memory, _FIELD.size * _FIELDS[name], value)


shared = Shared()


def _at_a_commit(name: str, commit: Callable[[], Any], *, is_victim: bool) -> Any:
    """Commits, and dies before or after where it is the commit that was chosen."""
    shared[name] += 1
    is_last = is_victim and shared[name] == shared["at"]
    if is_last and not shared["after"]:
        os.kill(os.getpid(), signal.SIGKILL)
    done = commit()
    if is_last:
        os.kill(os.getpid(), signal.SIGKILL)
    return done


def _hook(name: str, *, is_victim: bool) -> None:
    """Counts what this process commits: transactions, and what is written outside of one."""
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.signals import connection_created
    from django.utils import timezone

    whole, now = BaseDatabaseWrapper._commit, timezone.now  # type: ignore[attr-defined]  # not in the stubs

    def commit(self: Any) -> Any:
        return _at_a_commit(name, lambda: whole(self), is_victim=is_victim)

    def alone(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        def do() -> Any:
            return execute(sql, params, many, context)

        if context["connection"].in_atomic_block or not sql.lstrip().upper().startswith(_WRITES):
            return do()
        return _at_a_commit(name, do, is_victim=is_victim)

    def watch(connection: Any, **_words: Any) -> None:
        connection.execute_wrappers.append(alone)

    BaseDatabaseWrapper._commit = commit  # type: ignore[attr-defined]  # not in the stubs
    connection_created.connect(watch, weak=False)
    timezone.now = lambda: now() + _ahead()


def _ahead() -> Any:
    from datetime import timedelta

    return timedelta(seconds=shared["ahead_s"])


def forked(do: Callable[[], Any]) -> int:
    """A child that does something and ends; its number."""
    if pid := os.fork():
        return pid
    code = 1
    try:
        do()
        code = 0
    except Exception:  # noqa: BLE001 - a child says it here, its number says it to its parent
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def asked(do: Callable[[], Any]) -> Any:
    """What a child found out: this process itself never opens the records."""
    into, out = os.pipe()
    pid = forked(lambda: os.write(out, json.dumps(do()).encode()))
    os.close(out)
    with os.fdopen(into, "rb") as file:
        told = file.read()
    assert os.waitpid(pid, 0)[1] == 0
    return json.loads(told)


def part(name: str, *, is_victim: bool) -> int:
    """A process of the site; its number."""

    def run() -> None:
        from anlan.site import part

        _hook(name, is_victim=is_victim)
        os.dup2(os.pipe()[0], 0)
        part.main([name, json.dumps({"number": 0})])

    return forked(run)


class Round:
    """A warning is issued and lifted; in one of both its victim dies."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.victim, self.at, self.after = told["victim"], told["at"], told["after"]
        self.step, self.deaths, self.counts = told["step"], 0, list[int]()
        self.pids: dict[str, int] = {}

    def run(self) -> dict[str, Any]:
        """What became of it."""
        from tests.flow.killed import records

        for name in (WORK, MASS):
            shared[name] = 0
        shared["at"] = shared["ahead_s"] = 0
        for name in (WORK, MASS):
            self.pids[name] = part(name, is_victim=name == self.victim)
        try:
            for step, publish in enumerate((records.issue, records.lift), 1):
                begun = shared[self.victim]
                shared["after"] = self.after
                shared["at"] = begun + self.at if step == self.step else 0
                asked(publish)
                is_done = self._awaited(step)
                self.counts.append(shared[self.victim] - begun)
                if not is_done:
                    break
        finally:
            for pid in self.pids.values():
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
        facts: dict[str, Any] = {"done": is_done, "deaths": self.deaths, "counts": self.counts}
        facts |= asked(records.found)
        return facts

    def _awaited(self, step: int) -> bool:
        """Waits until a publication has come to its end; who dies meanwhile begins anew."""
        from tests.flow.killed import records

        until_s = time.monotonic() + _MOST_S
        while time.monotonic() < until_s and self.deaths <= 1:
            self._raised()
            if asked(lambda: records.is_over(step)):
                return True
            time.sleep(0.1)
        return False

    def _raised(self) -> None:
        if os.waitpid(self.pids[self.victim], os.WNOHANG)[0]:
            self.deaths += 1
            shared["ahead_s"] += AHEAD_S
            self.pids[self.victim] = part(self.victim, is_victim=False)


def main(ports: dict[str, int]) -> None:
    """Rounds until standard input ends."""
    django.setup()
    for name in ("tasks", "ways.mass"):  # children have them loaded
        import_module(f"anlan.site.crew.{name}")
    from tests.flow.killed import records

    desk, kept = Path(os.environ["ANLAN_DATA"], "desk"), Path(os.environ["ANLAN_DATA"], "kept")
    asked(lambda: records.make(ports))
    shutil.copytree(desk, kept)
    for line in iter(sys.stdin.readline, ""):
        shutil.rmtree(desk)
        shutil.copytree(kept, desk)
        sys.stdout.write(f"{json.dumps(Round(json.loads(line)).run())}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
