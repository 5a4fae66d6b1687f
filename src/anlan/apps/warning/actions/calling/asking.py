"""Asks people for their calls: a row for each, and one letter for each person by all ways."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from anlan.apps.people.actions.notices.outbox import NoticeFields, notify_all
from anlan.apps.warning.actions.calling.wording import Wording
from anlan.apps.warning.models import Call, CallDown, CallLetter
from anlan.apps.warning.queries.calling.seats import Asked
from anlan.apps.warning.queries.calling.ways import Ways

_LONGEST = timedelta(days=3)


@dataclass(slots=True)
class Asking:
    """Collects whom a call-down asks in one step, then writes it all down at once."""

    call_down: CallDown
    tier: int
    now: datetime
    _people: dict[tuple[str, ...], list[Asked]] = field(default_factory=dict)

    def add(self, asked: Sequence[Asked]) -> None:
        """These are to be asked."""
        for one in asked:
            several = self._people.setdefault(one.person, [])
            # Two who are silent in one place have the same deputy, who is asked once.
            if _name(one) not in map(_name, several):
                several.append(one)

    def post(self) -> int:
        """Writes the calls and puts the letters into the outbox; how many calls are new."""
        known = self._known()
        calls, letters, notices = list[Call](), list[CallLetter](), list[NoticeFields]()
        ways, wording = Ways(self.call_down.message), Wording(self.call_down, self.now)
        for several in self._people.values():
            fresh = [one for one in several if _name(one) not in known]
            if not fresh:
                continue
            ends, token = ways.of(fresh[0].address, fresh[0].phone), secrets.token_urlsafe(24)
            letter = self._letter(fresh, token)
            letters.append(letter)
            calls += [self._call(one, letter, list(ends)) for one in fresh]
            notices += wording.notices(letter, fresh, ends=ends, token=token)
        CallLetter.objects.bulk_create(letters, batch_size=200)
        Call.objects.bulk_create(calls, batch_size=200)
        notify_all(notices, self.now)
        return len(calls)

    def _known(self) -> set[tuple[str, str, str]]:
        """Who was asked for what at this tier before."""
        rows = Call.objects.filter(call_down=self.call_down, tier=self.tier)
        return set(rows.values_list("region", "thing", "who"))

    def _letter(self, asked: Sequence[Asked], token: str) -> CallLetter:
        message, first = self.call_down.message, asked[0]
        said = "\n".join((message.identifier, str(self.tier), *_name(first)))
        ends = message.content["expires"]
        return CallLetter(
            call_down=self.call_down, key=hashlib.sha256(said.encode()).hexdigest(),
            token=digest_of(token), tier=self.tier, person=first.line.person,
            language=first.language, asked_at=self.now,
            expires_at=datetime.fromisoformat(ends) if ends else self.now + _LONGEST,
        )  # fmt: skip

    def _call(self, one: Asked, letter: CallLetter, ways: list[str]) -> Call:
        line, post = one.line, one.post
        return Call(
            call_down=self.call_down, region=post.region, owner=line.organisation.key,
            thing=post.thing, thing_name=post.thing_name, tier=self.tier, rank=line.rank,
            seat=line.region, who=one.who, person=line.person,
            organisation=line.organisation.name, user_key=line.user_key, phone=one.phone,
            ways=ways, letter=letter, asked_at=self.now,
            due_at=self.now + answer_of(self.call_down),
        )  # fmt: skip


def _name(one: Asked) -> tuple[str, str, str]:
    return one.post.region, one.post.thing, one.who


def answer_of(call_down: CallDown) -> timedelta:
    """How long one has to answer."""
    return timedelta(milliseconds=call_down.answer_ms)


def digest_of(token: str) -> str:
    """What is kept of the secret of a link."""
    return hashlib.sha256(token.encode()).hexdigest()
