"""What a site holds, as plain facts: `python -m tests.kept.told DATA` prints them as JSON.

No row ids, no digests but the chain's: only what somebody counts on to be there tomorrow.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any


def told(data: Path) -> dict[str, Any]:
    """Everything; the heart takes the store up and goes through its log."""
    return {
        "readings": _readings(data),
        "changes": _changes(data),
        "levels": _levels(data),
        "limits": _limits(),
        "alarms": _alarms(),
        "people": _people(),
        "audit": _audit(),
        "files": sorted(p.name[-4:] for p in (data / "files").rglob("*") if p.is_file()),
    }


def _readings(data: Path) -> dict[str, Any]:
    from anlan.history.log import Log, store_in
    from anlan.history.query import Archive, Span
    from anlan.history.registry import Registry

    with Log.open(store_in(data)) as log:
        registry = Registry.from_log(log)
    with Archive(store_in(data)) as archive:
        found = {}
        for sensor in registry.sensors:
            rows = archive.rows((registry.handle[sensor.key],), Span())
            found[sensor.key] = {
                "count": len(rows.time),
                "first": int(rows.time[0]),
                "last": int(rows.time[-1]),
                "sum": round(float(rows.value.sum()), 2),
                "highest": round(float(rows.value.max()), 2),
            }
    return found | {"retired": sorted(registry.retired)}


def _changes(data: Path) -> list[list[Any]]:
    from anlan.history.cursor import Cursor, changes_since
    from anlan.history.log import Log, store_in

    with Log.open(store_in(data)) as log:
        changes = [one for _, one in changes_since(log, Cursor(log.epoch), 100_000)]
    return [[c.at, c.object, c.rule, c.kind.word, int(c.after)] for c in changes]


def _levels(data: Path) -> dict[str, int]:
    from anlan.live.loop.heart import Heart

    heart = Heart(data)
    try:
        levels = heart.engine.levels().tolist()
        names = [f"{i.object} {i.rule.key}" for i in heart.engine.plan.instances]
        return {name: int(level) for name, level in zip(names, levels, strict=True) if level}
    finally:
        heart.close()


def _limits() -> list[list[Any]]:
    from anlan.apps.atlas.models import Limit, LimitChange

    held = [[x.sensor_key, x.level, x.value, x.source, _at(x.since), _at(x.until)]
            for x in Limit.objects.all()]  # fmt: skip
    asked = [[x.sensor_key, x.level, x.value, x.source, x.state] for x in LimitChange.objects.all()]
    return held + asked


def _alarms() -> list[dict[str, Any]]:
    from anlan.apps.watch.models import Alarm, Deadline

    names = ("key", "object_key", "object_name", "rule", "region", "owner", "level", "peak",
             "state", "status", "cause", "measure", "assignee", "sensor_key", "value", "limit",
             "version")  # fmt: skip
    times = ("raised_at", "recovered_at", "acknowledged_at", "answered_at", "closed_at")
    return [
        {name: getattr(alarm, name) for name in names}
        | {name: _at(getattr(alarm, name)) for name in times}
        | {
            "steps": [[_at(s.at), s.kind, s.who, s.level, s.state, s.text, s.pictures.count()]
                      for s in alarm.steps.all()],
            "due": [[x.what, _at(x.due_at), _at(x.done_at)]
                    for x in Deadline.objects.filter(alarm=alarm).order_by("what")],
        }
        for alarm in Alarm.objects.order_by("raised_at")
    ]  # fmt: skip


def _people() -> dict[str, Any]:
    from anlan.apps.people.models import Duty, Notice, Responsibility, User
    from anlan.apps.watch.models import Maintenance

    return {
        "users": [[u.key, u.name, u.posts.get().role, u.posts.get().region]
                  for u in User.objects.order_by("key")],
        "duty": [[d.organisation.key, d.person, d.phone, _at(d.starts_at), _at(d.ends_at)]
                 for d in Duty.objects.order_by("starts_at")],
        "responsible": [[r.region, r.rank, r.person, r.email]
                        for r in Responsibility.objects.all()],
        "notices": [[n.kind, n.address, n.subject, n.state] for n in Notice.objects.order_by("id")],
        "windows": [[m.target, _at(m.starts_at), _at(m.ends_at), m.reason]
                    for m in Maintenance.objects.all()],
    }  # fmt: skip


def _audit() -> dict[str, Any]:
    from anlan.apps.people.models import AuditHead, AuditLine

    lines = AuditLine.objects.order_by("number")
    return {
        "lines": [[x.number, x.who, x.act, x.region] for x in lines],
        "head": AuditHead.objects.get(pk=1).digest,
    }


def _at(moment: Any) -> str | None:
    from datetime import UTC

    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")


def main(data: Path) -> None:
    """Prints it."""
    os.environ |= {"ANLAN_DATA": str(data.absolute()),
                   "DJANGO_SETTINGS_MODULE": "anlan.site.settings"}  # fmt: skip
    import django

    django.setup()
    print(json.dumps(told(data), ensure_ascii=False, indent=1))  # noqa: T201 - its whole purpose


if __name__ == "__main__":
    main(Path(sys.argv[1]))
