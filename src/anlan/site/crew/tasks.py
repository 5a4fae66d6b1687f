"""What the work process does: each task's step, and how often it looks."""

import logging
from datetime import datetime

from django.conf import settings

from anlan.apps.atlas.actions import follow_registry
from anlan.apps.atlas.shelf import packs
from anlan.apps.people.actions import forget_sessions, note_head, send_due
from anlan.apps.people.actions.notices.hands import Hands
from anlan.apps.people.actions.notices.hearing import Late, ask_on, hear
from anlan.apps.people.actions.notices.inbox import Inbox
from anlan.apps.people.actions.notices.outbox import settle_rest
from anlan.apps.portal.actions import Publisher
from anlan.apps.portal.press.edition import Site
from anlan.apps.warning.actions import keep_time
from anlan.apps.warning.actions.calling import keep_calling
from anlan.apps.warning.actions.handing import hand_over
from anlan.apps.warning.actions.incoming import Listener, keep_lowering
from anlan.apps.warning.actions.mass.settling import settle
from anlan.apps.warning.actions.mass.slips import forget_slips
from anlan.apps.warning.actions.risk import keep_risks
from anlan.apps.watch.actions import escalate, follow_changes, start_over
from anlan.apps.watch.models import Source
from anlan.channels import Channel
from anlan.channels.voice import Voice
from anlan.history.log import Log, store_in
from anlan.live.reach import Desk, running
from anlan.site.api.things.publishing.publisher import Publisher as Updates
from anlan.site.crew.task import Task
from anlan.site.crew.ways import ways_out
from anlan.site.crew.ways.listeners import Listeners

_HANDS, _LAST_S = 16, 3.0
"""How many notices of a kind are tried at once, and how long a work process that is to stop waits
for those; its parent has less patience than a mail server that hangs."""
_log = logging.getLogger("anlan.work")


class Follower:
    """The log of this site, open for reading once there is one."""

    def __init__(self) -> None:
        self._log: Log | None = None

    def log(self) -> Log | None:
        """The log; opened again after a restore."""
        if self._log is not None and self._log.epoch_now() != self._log.epoch:
            self._log.close()
            self._log = None
        folder = store_in(settings.PLACE.data)
        if self._log is None and (folder / "store.json").exists():
            self._log = Log.open(folder)
        return self._log


def tasks() -> list[Task]:
    """The tasks, the most urgent first."""
    place, follower = settings.PLACE, Follower()
    ways, late = ways_out(place.options, place.recordings), Late()

    def registry(now: datetime) -> bool:
        log = follower.log()
        return log is not None and follow_registry(log, now) > 0

    def changes(now: datetime) -> bool:
        log = follower.log()
        if log is None:
            return False
        if _is_of_another(log):
            # The store was restored by itself, or is another one: what people did is kept.
            _log.warning("the changes are read anew: the store is of another epoch")
            start_over(now)
        return follow_changes(log, now) > 0

    return [
        Task("registry", registry, every_s=0.5),
        Task("changes", changes, every_s=0.1),
        Task("deadlines", lambda now: escalate(now) > 0, every_s=1.0),
        Task("warnings", lambda now: keep_time(now) > 0, every_s=1.0),
        Task("risks", lambda now: keep_risks(now) > 0, every_s=5.0),
        Task("messages", lambda now: hand_over(now) > 0, every_s=0.25),
        Task("call-downs", lambda now: keep_calling(now) > 0, every_s=0.5),
        _notices(ways, Hands(_HANDS, {Voice.name: place.options.voice_lines})),
        Task("questions", lambda now: ask_on(ways, now), every_s=60.0),
        Task(
            "replies",
            lambda now: hear([*ways, Inbox("sms")], now, others=settle, late=late) > 0,
            every_s=0.25,
        ),
        *_official(),
        Task("public pages", _publisher().publish, every_s=1.0),
        Task("packs", _read_packs, every_s=4.0),
        *_kept(),
        _updates(follower),
    ]


def _updates(follower: Follower) -> Task:
    """SensorThings at the site's broker, behind everything else."""
    place = settings.PLACE
    updates = Updates(place.data, place.options.address, follower.log)
    return Task("sensorthings", updates.step, every_s=0.25, end=lambda now: updates.leave())


def _notices(ways: list[Channel], hands: Hands) -> Task:
    """What is due leaves. Who stops hangs up first: whoever hears nothing more would wait."""

    def stop(now: datetime) -> None:
        for way in ways:
            if isinstance(way, Voice):
                way.close()
        settle_rest(hands, now, most_s=_LAST_S)

    return Task("notices", lambda now: send_due(ways, now, hands) > 0, every_s=0.25, end=stop)


def _read_packs(_now: datetime) -> bool:
    """Before they are wanted: the first warning would wait for them."""
    packs()
    return False


def _kept() -> list[Task]:
    """What is forgotten in time, and what is noted."""
    return [
        Task("listeners", Listeners(settings.PLACE.data).write, every_s=2.0),
        Task("slips", forget_slips, every_s=600.0),
        Task("sessions", lambda now: forget_sessions(now) > 0, every_s=3600.0),
        Task("audit head", _note_head, every_s=60.0),
    ]


def _official() -> list[Task]:
    """Official warnings are taken in, and the limits follow them."""
    return [
        Task("feeds", Listener(settings.PLACE.options.feed).step, every_s=1.0),
        Task("lowered limits", lambda now: keep_lowering(now) > 0, every_s=1.0),
    ]


def _publisher() -> Publisher:
    """Who writes the public's pages of this site."""
    here = settings.PLACE
    site = Site(here.options.name, here.options.address, here.is_demo)
    return Publisher(here.public_folder, site)


def _is_of_another(log: Log) -> bool:
    """Whether the alarms followed another epoch of the store than this one."""
    cursor = Source.objects.filter(pk=1).values_list("cursor", flat=True).first()
    return bool(cursor) and not str(cursor).startswith(f"{log.epoch}:")


def _note_head(now: datetime) -> bool:
    """Puts the audit chain's head into the log, through the running service only."""
    live = running(settings.PLACE.data)
    if live is None:
        return False
    live.close()
    with Desk(settings.PLACE.data) as desk:
        note_head(desk)
    return False
