"""What the responsible are told of alarms: one letter for what comes together."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.apps.people.actions import notify
from anlan.apps.people.models import Responsibility
from anlan.apps.people.queries import mailboxes_of
from anlan.apps.watch.actions.standing import ACTUAL
from anlan.apps.watch.models import Alarm, Step
from anlan.apps.watch.queries.placing import chunks
from anlan.terms.levels import Level

_MOST_TOGETHER = 50


class _To(NamedTuple):
    """Whom a letter goes to and what it is about; of one place and owner only, so that whoever
    may read it later may read all of it."""

    address: str
    person: str
    region: str
    owner: str
    status: str


class Letters:
    """Collects what is to be told in one step of the worker, then puts it into the outbox."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._letters: defaultdict[_To, list[tuple[Alarm, str, str]]] = defaultdict(list)

    def tell(
        self, alarm: Alarm, people: Sequence[Responsibility], kind: str, detail: dict[str, Any]
    ) -> None:
        """Tells everybody who has an address of an alarm; its step names all of them.

        Of an exercise or a test nobody hears: the sandbox does, in their place.
        """
        mailboxes, told = mailboxes_of(people), []
        sandbox = next(iter(settings.PLACE.options.sandbox_mail), "")
        for line in people:
            address = mailboxes[line.pk].address if alarm.status == ACTUAL else sandbox
            told.append({"person": line.person, "organisation": line.organisation.name,
                         "phone": line.phone, "by": "email" if address else ""})  # fmt: skip
            if address:
                to = _To(address, line.person, alarm.region, alarm.owner, alarm.status)
                self._letters[to].append((alarm, kind, _text(alarm, detail)))
        Step.objects.create(alarm=alarm, at=self.now, kind=kind, detail={**detail, "to": told})

    def post(self) -> None:
        """Puts the letters into the outbox; many alarms for one person go into one letter."""
        for to, all_of_them in self._letters.items():
            for some in chunks(all_of_them, _MOST_TOGETHER):
                first = some[0][0]
                notify(
                    kind="email", address=to.address, person=to.person, subject=_subject(some),
                    text="\n\n".join(text for _alarm, _kind, text in some),
                    cause=f"alarm:{first.key}", region=to.region, owner=to.owner,
                    status=to.status, now=self.now,
                )  # fmt: skip
        self._letters.clear()


def _subject(letters: Sequence[tuple[Alarm, str, str]]) -> str:
    first, kind, _text_of_it = letters[0]
    level = max(alarm.level or alarm.peak for alarm, _kind, _text in letters)
    words = {"level": Level(level).chinese, "object": first.object_name, "n": len(letters)}
    if len(letters) > 1:
        return _("%(n)d alarms, the highest at level %(level)s: %(object)s and others") % words
    if kind == "escalated":
        return _("Late: alarm at level %(level)s, %(object)s") % words
    return _("Alarm at level %(level)s: %(object)s") % words


def _text(alarm: Alarm, detail: dict[str, Any]) -> str:
    lines = [
        f"{alarm.object_name} ({alarm.object_key})",
        _("Raised at %(at)s") % {"at": f"{timezone.localtime(alarm.raised_at):%F %T}"},
    ]
    if alarm.value is not None:
        value, limit = f"{alarm.value:g}", "-" if alarm.limit is None else f"{alarm.limit:g}"
        lines.append(_("Value %(value)s, limit %(limit)s %(unit)s")
                     % {"value": value, "limit": limit, "unit": alarm.unit})  # fmt: skip
    late = {
        "acknowledge": _("It was not acknowledged in time."),
        "answer": _("It was not explained in time."),
        "close": _("It was not closed in time."),
    }
    if "what" in detail:
        lines.append(late[detail["what"]])
    address = settings.PLACE.options.address
    link = [f"{address}/alarms/{alarm.key}"] if address else []
    return "\n".join([*lines, *link])
