"""Tells people of a risk: by the outbox, in the act's own transaction; one letter for each end."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import override

from anlan.apps.people.actions.notices.outbox import NoticeFields, notify_all
from anlan.apps.people.models import Responsibility
from anlan.apps.people.models.naming import new_key
from anlan.apps.warning.actions.risk.wording import letter
from anlan.apps.warning.models import Risk, RiskPush
from anlan.apps.warning.queries.risk.holders import Heir
from anlan.apps.warning.queries.risk.plan import Told
from anlan.apps.warning.queries.risk.ways import call_of, ways_of

_HASTE = {4: 2, 3: 1}
_FOR_HOLDER = (RiskPush.Why.PLAN, RiskPush.Why.LEFT, RiskPush.Why.ASSIGNED, RiskPush.Why.TAKE)


def tell(risk: Risk, told: Sequence[Told], why: str, now: datetime) -> None:
    """Writes down whom a risk was pushed to and puts the letters into the outbox."""
    ends: dict[tuple[str, str], str] = {}
    notices = list[NoticeFields]()
    for one in told:
        for kind, address in one.ways.items():
            if (kind, address) in ends or one.line is None:
                continue
            ends[kind, address] = new_key()
            notices.append(_notice(risk, one, why, kind) | {
                "key": ends[kind, address], "address": address,
            })  # fmt: skip
    notify_all(notices, now)
    RiskPush.objects.bulk_create([_row(risk, one, why, now=now, ends=ends) for one in told])


def tell_heir(risk: Risk, heir: Heir, why: str, now: datetime) -> bool:
    """Tells somebody who is known by their account; whether anything reaches them."""
    user, is_holder = heir.user, heir.user.key == risk.holder
    is_due = is_holder and why in _FOR_HOLDER
    call = call_of(risk.status, heir.phone, risk.level) if is_due else {}
    line = Responsibility(person=user.name, user_key=user.key, region="", rank=heir.rank,
                          phone=heir.phone)  # fmt: skip
    one = Told(line=line, rank=heir.rank, phone=heir.phone, language=user.language,
               ways=ways_of(risk.status, user.email, heir.phone) | call,
               is_holder=is_holder)  # fmt: skip
    ends = {(kind, address): new_key() for kind, address in one.ways.items()}
    notify_all([_notice(risk, one, why, kind) | {"key": key, "address": address}
                for (kind, address), key in ends.items()], now)  # fmt: skip
    row = _row(risk, one, why, now=now, ends=ends, office=heir.office)
    row.save()
    return bool(ends)


def _notice(risk: Risk, one: Told, why: str, kind: str) -> NoticeFields:
    """What one is told by a way, in their language; without key and address."""
    with override(one.language):
        subject, text = letter(risk, why, is_holder=one.is_holder, kind=kind)
    return {
        "kind": kind,
        "person": one.line.person if one.line else "", "subject": subject, "text": text,
        "language": one.language, "cause": f"risk:{risk.key}", "region": risk.region,
        "owner": risk.owner, "status": risk.status, "haste": _HASTE.get(risk.level, 0),
    }  # fmt: skip


def _row(
    risk: Risk, one: Told, why: str, *, now: datetime, ends: dict[tuple[str, str], str],
    office: str | None = None,
) -> RiskPush:  # fmt: skip
    line = one.line
    is_due = one.is_holder and why in _FOR_HOLDER
    row = RiskPush(risk=risk, at=now, why=why, seat=one.seat, gap=one.gap, rank=one.rank,
                   phone=one.phone, is_holder=one.is_holder,
                   by_at=risk.take_by if is_due else None)  # fmt: skip
    if line is not None:
        row.person, row.user_key, row.line_region = line.person, line.user_key, line.region
        row.organisation = line.organisation.name if office is None else office
        row.ways = {kind: ends[kind, address] for kind, address in one.ways.items()}
    return row
