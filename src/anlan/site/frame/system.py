"""The system page 系统运行: how the platform does, each fault in plain words with what to do."""

import platform
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

import django
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan import __version__
from anlan.apps.atlas.acts import ADMIT_UNPLACED
from anlan.apps.people.acts import Role, act
from anlan.apps.warning.queries.incoming import feeds
from anlan.apps.watch.queries import unplaced
from anlan.apps.watch.views.stream import HUB
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, needs
from anlan.desk.menu import Item
from anlan.desk.templatetags.desk import level_word
from anlan.site.frame.devices import gateway_faults, gateway_told, shown, way_faults, ways_told
from anlan.site.frame.live import ask_live, ends_told, readings_per_s, tasks_told
from anlan.site.frame.trials import NAMES, TRIALS, Extent, Trial

SEE = act(
    "site.see_system", gettext_lazy("See how the system does"), {Role.ADMINISTRATOR, Role.MANAGER}
)
ITEMS = (Item(860, gettext_lazy("System"), "/system", SEE, gettext_lazy("Administration")),)
_LATE = timedelta(seconds=30)
_SLOW_S = 5.0
_LITTLE_BYTES = 5_000_000_000
_MOST_LOST = 20
TITLES = {
    "registry": gettext_lazy("follow the register of sensors"),
    "changes": gettext_lazy("follow the changes of level"),
    "deadlines": gettext_lazy("watch the deadlines and what is kept quiet"),
    "warnings": gettext_lazy("pass warnings on to deputies and end those that are over"),
    "risks": gettext_lazy("follow risks to their end, and pass on what nobody keeps"),
    "public pages": gettext_lazy("write the public's pages"),
    "packs": gettext_lazy("read the packs"),
    "feeds": gettext_lazy("look at the feeds of official warnings"),
    "lowered limits": gettext_lazy("keep limits lowered while official warnings stand"),
    "call-downs": gettext_lazy("call down those responsible until each has answered"),
    "questions": gettext_lazy("ask what became of what was sent"),
    "replies": gettext_lazy("take in receipts and replies"),
    "messages": gettext_lazy("hand warnings over to those whom they are for"),
    "notices": gettext_lazy("send notices"),
    "listeners": gettext_lazy("write what maps of teams are told"),
    "slips": gettext_lazy("forget by which names texts were spoken of days ago"),
    "sessions": gettext_lazy("forget ended sessions"),
    "audit head": gettext_lazy("seal the audit chain"),
    "sensorthings": gettext_lazy("publish updates of SensorThings to the site's broker"),
    "report": gettext_lazy("tell how the tasks do"),
}
"""What people call the tasks of the work process."""
PARTS = {
    "live": gettext_lazy("Live process"),
    "web": gettext_lazy("Pages' process"),
    "work": gettext_lazy("Work process"),
    "mass": gettext_lazy("Sender to the mass of subscribers"),
    "gateway": gettext_lazy("Field gateway"),
    "ways": gettext_lazy("Ways in by mappings"),
    "feed": gettext_lazy("Demo's feeder"),
    "ears": gettext_lazy("Demo's telephones and mailboxes"),
}
"""What people call the processes of a site."""
Fault = tuple[str, str]
"""What is wrong, and what to do."""


@needs(SEE)
def system(request: HttpRequest) -> HttpResponse:
    """The page, or for HTMX its changing part."""
    asker = asker_of(request)
    told, now, devices = ask_live("/api/v1/status"), asker.now, gateway_told()
    tasks, mapped = tasks_told(), ways_told()
    facts = {
        "told": told,
        "rate": readings_per_s(told["store"]["readings"]) if told else None,
        "tasks": [_shown(task) for task in tasks],
        "stations": shown(devices) + shown(mapped, with_heard=asker.may(ADMIT_UNPLACED)),
        "has_gateway": devices is not None,
        "shows_heard": mapped is not None and asker.may(ADMIT_UNPLACED),
        "faults": [
            *_live_faults(told),
            *_work_faults(tasks, now),
            *_ended(now),
            *gateway_faults(asker, devices),
            *way_faults(mapped, now),
            *_silent_feeds(now),
            *_lost_alarms(asker),
        ],
        "listeners": HUB.listeners,
        "versions": _versions(),
        "trials": [_trial(one) for one in TRIALS],
        "data": settings.PLACE.data,
    }
    part = "system_part.html" if request.headers.get("HX-Request") else "system.html"
    return render(request, part, facts)


def _versions() -> list[tuple[str, str]]:
    database = connection.vendor
    if database == "sqlite":
        database = f"SQLite {sqlite3.sqlite_version}"
    return [
        ("Anlan", __version__),
        ("Python", platform.python_version()),
        ("Django", django.get_version()),
        (_("Records"), database),
        (_("System"), platform.platform(terse=True)),
    ]


def _trial(one: Trial) -> dict[str, Any]:
    """A trial as people read it."""
    return {
        "name": NAMES[one.channel], "protocol": one.protocol, "extent": _(one.extent),
        "is_tried": one.extent is Extent.TRIED, "against": one.against, "lacks": one.lacks,
        "on": one.on or (_("at every test") if one.against else ""),
    }  # fmt: skip


def _live_faults(told: dict[str, Any] | None) -> list[Fault]:
    if told is None:
        return [(
            _("The live process does not answer: no reading is taken in and no alarm is raised."),
            _("It is started again by itself. If this stays, look at its log and the disk."),
        )]  # fmt: skip
    faults: list[Fault] = []
    if told["trouble"]:
        faults.append((
            _("Readings cannot be stored: %(reason)s.") % {"reason": told["trouble"]},
            _("Sources are told to send again; nothing that was acknowledged is lost."),
        ))  # fmt: skip
    if told["store"]["free_bytes"] < _LITTLE_BYTES:
        faults.append((
            _("Less than 5 GB are free on the disk of the history."),
            _("Make room, or shorten what is kept: anlan store compact."),
        ))  # fmt: skip
    if told["queue"]["lag_s"] > _SLOW_S:
        faults.append((
            _("Intake is %(seconds).0f s behind.") % {"seconds": told["queue"]["lag_s"]},
            _("More comes in than this machine can judge; look for a source that floods."),
        ))  # fmt: skip
    if told["store"]["damage"]:
        faults.append((
            _("Parts of the history are damaged; everything else can be read."),
            _("Run anlan store verify; bring the parts back from a backup."),
        ))  # fmt: skip
    kept = sum(one["rows"] for one in told["quarantine"]["sources"])
    if kept:
        faults.append((
            _("%(rows)s rows wait in quarantine: unknown sensors, or lines that cannot be read.")
            % {"rows": f"{kept:,}"},
            _("Register the sensors under New devices; their rows are then taken in again."),
        ))  # fmt: skip
    return faults


def _work_faults(tasks: list[dict[str, Any]], now: datetime) -> list[Fault]:
    stopped = (
        _("The work process does not run: alarms are raised but not shown, nothing is sent."),
        _("It is started again by itself. If this stays, look at its log."),
    )
    done = [datetime.fromisoformat(t["done_at"]) for t in tasks if t["done_at"]]
    if not done or now - max(done).astimezone(UTC) > _LATE:
        return [stopped]
    retry = _("It is tried again by itself; nothing is lost. If this stays, look at the log.")
    return [
        (_("Task “%(name)s” fails: %(reason)s.")
         % {"name": TITLES.get(t["name"], t["name"]), "reason": t["fault"]}, retry)
        for t in tasks
        if t["fault"]
    ]  # fmt: skip


def _ended(now: datetime) -> list[Fault]:
    """Parts that ended unasked and were started again."""
    return [
        (_("%(part)s: ended unasked and was started again, %(times)d × within the hour, last at "
           "%(at)s.")
         % {"part": PARTS.get(part, part), "times": len(ats), "at": f"{localtime(ats[-1]):%T}"},
         _("What was answered is kept. If it goes on, look at the log and the machine's memory."))
        for part, ats in ends_told(now).items()
    ]  # fmt: skip


def _shown(task: dict[str, Any]) -> dict[str, Any]:
    """A task with its title and moment as people read them."""
    done = datetime.fromisoformat(task["done_at"]) if task["done_at"] else None
    return {**task, "title": TITLES.get(task["name"], task["name"]), "done_at": done}


def _silent_feeds(now: datetime) -> list[Fault]:
    """Feeds of official warnings that do not answer, bring nothing new, or cannot be read whole."""
    again = _("It is asked again by itself. Until then look at the issuing office's own page.")
    still = _("Ask the issuing office whether it still sends.")
    tell = _("Tell the issuing office; the other messages are taken in.")
    faults: list[Fault] = []
    for one in feeds():
        last, fresh = (f"{localtime(at):%F %T}" if at else "—" for at in (one.ok_at, one.fresh_at))
        told = {"name": one.name, "last": last, "fresh": fresh, "n": one.left_out,
                "fault": one.fault, "why": one.left_why}  # fmt: skip
        if one.is_mute(now):
            said = _("The feed “%(name)s” is silent; it answered last: %(last)s. %(fault)s")
            faults.append((said % told, again))
        elif one.is_stale(now):
            said = _("The feed “%(name)s” answers, but nothing new has come since %(fresh)s.")
            faults.append((said % told, still))
        if one.left_out:
            said = _("%(n)d messages of the feed “%(name)s” cannot be read: %(why)s")
            faults.append((said % told, tell))
    return faults


def _lost_alarms(asker: Asker) -> list[Fault]:
    """Alarms that no duty desk shows, for whoever can place them."""
    lost = list(unplaced(asker).order_by("-level", "raised_at")[: _MOST_LOST + 1])
    if not lost:
        return []
    named = "; ".join(f"{level_word(a.level)} {a.object_key}" for a in lost[:_MOST_LOST])
    more = " …" if len(lost) > _MOST_LOST else ""
    return [(
        _("Alarms stand at objects that the atlas does not know, so that no desk shows them: "
          "%(objects)s.") % {"objects": named + more},
        _("Enter the objects into the atlas under these keys; the alarms then appear at once."),
    )]  # fmt: skip
