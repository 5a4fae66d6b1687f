"""After the earlier storm some risks were left to be put in order: pushed to, and answered by, the
demo's own people, each of them at another stage."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from anlan.apps.people.asker import Person
from anlan.apps.people.models import User
from anlan.apps.people.models.naming import new_key
from anlan.apps.people.queries import person_of
from anlan.apps.warning.actions import risk as actions
from anlan.apps.warning.models import Risk
from anlan.apps.warning.queries import event_for
from anlan.apps.warning.queries.risk import Written, plan_for, read_facts
from anlan.apps.watch.models import Alarm
from anlan.terms.errors import AnlanError

_COUNTY, _OPENER, _VERIFIER = "990101", "county", "county-chief"
_RECENT = timedelta(hours=6)
_SAID = {
    "flood": (
        "背水坡脚散浸，请加密巡查并备足抢险料物。",
        "已用砂石反滤铺盖，渗水清澈。",
    ),
    "geohazard": ("坡脚见新裂缝，请设警戒并组织专业人员核查。", "已封闭坡下通道，裂缝布点观测。"),
    "chemical": ("法兰处可燃气体浓度偏高，请停用检修并复测。", "已更换垫片，复测浓度正常。"),
    "tailings": ("排洪沟局部淤堵，请在下次降雨前清通。", "已清淤 30 m，过水断面恢复。"),
}
_OTHER = ("现场发现隐患，请核实并整改。", "已按要求整改，现场恢复正常。")
_INVENTED = "（演示数据，纯属虚构）"


def push_past(tell: Callable[[str], None]) -> int:
    """Opens a risk for each of the gravest alarms of the past and brings it to a stage of its own;
    how many, 0 where there are risks already."""
    if Risk.objects.exists():
        return 0
    done = 0
    for stage, alarm in enumerate(_alarms()):
        try:
            with transaction.atomic():
                _bring(alarm, stage)
            done += 1
        except AnlanError as error:
            tell(f"a risk was not opened: {error}")
    if done:
        tell(f"{done} risks were opened and pushed")
    return done


def _alarms() -> list[Alarm]:
    """One alarm of each of some objects, of every hazard in turn, the gravest first."""
    before = timezone.now() - _RECENT
    rows = Alarm.objects.filter(level=0, recovered_at__lt=before, region__startswith=_COUNTY)
    rows = rows.exclude(pack="co").order_by("-peak", "raised_at")[:200]
    found: dict[str, list[Alarm]] = {}
    seen = set[str]()
    for alarm in rows:
        if alarm.object_key not in seen and event_for(alarm.pack, alarm.rule) is not None:
            seen.add(alarm.object_key)
            found.setdefault(alarm.pack, []).append(alarm)
    turns = [several[n] for n in range(3) for several in found.values() if n < len(several)]
    return turns[:6]


def _bring(alarm: Alarm, stage: int) -> None:
    """Opens it; then the first is closed, the next waits for its verification, the next is
    reported on, the next taken over, and the others wait: the last of them since a short while."""
    at = (alarm.recovered_at or alarm.raised_at) + timedelta(minutes=25)
    if stage >= 4:
        at = timezone.now() - timedelta(minutes=12 + stage)
    found, done = _SAID.get(alarm.pack, _OTHER)
    one = _open(alarm, f"{found}{_INVENTED}", at)
    acts: Iterable[tuple[Callable[..., Risk], str, int, dict[str, str]]] = (
        (actions.take, one.holder, 9, {}),
        (actions.report, one.holder, 50, {"text": done}),
        (actions.ask, one.holder, 20, {"text": "整改完成，申请销号。"}),
        (actions.close, _VERIFIER, 40, {"text": "现场复核，符合要求，同意销号。"}),
    )
    for act, who, minutes, words in list(acts)[: max(0, 4 - stage)]:
        at += timedelta(minutes=minutes)
        _do(act, one, who, at=at, **words)


def _open(alarm: Alarm, text: str, at: datetime) -> Risk:
    event = event_for(alarm.pack, alarm.rule)
    asker = _who(_OPENER, at)
    facts = read_facts(asker, Written(
        event=f"{alarm.pack}:{event.name if event else ''}", level=alarm.peak, region=alarm.region,
        thing=alarm.object_key, text=text, origin=f"alarm:{alarm.key}",
    ))  # fmt: skip
    plan = plan_for(facts, at, asker.key)
    return actions.open_risk(asker, facts, plan=plan.digest, key=new_key())


def _do(act: Callable[..., Risk], one: Risk, who: str, *, at: datetime, **words: Any) -> None:
    one.refresh_from_db(fields=["version"])
    act(_who(who, at), one.key, version=one.version, **words)


def _who(key: str, at: datetime) -> Person:
    return person_of(User.objects.get(key=key), at)
