"""Risks are left to be put in order: pushed to, and answered by, the demo's own people, each of
them at another stage."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from anlan.apps.atlas.models import ObservedObject
from anlan.apps.people.actions.notices.withdrawing import withdraw
from anlan.apps.people.asker import Person
from anlan.apps.people.models import Responsibility, User
from anlan.apps.people.models.naming import new_key
from anlan.apps.people.queries import person_of
from anlan.apps.warning.actions import risk as actions
from anlan.apps.warning.models import Risk
from anlan.apps.warning.queries import event_for
from anlan.apps.warning.queries.risk import Written, plan_for, read_facts
from anlan.apps.watch.models import Alarm
from anlan.terms.errors import AnlanError

_COUNTY, _OPENER, _VERIFIER = "990101", "county", "county-chief"
_INVENTED = "（演示数据，纯属虚构）"
_PAST = timedelta(hours=1)
_DONE = "已按要求整改，现场恢复正常。"


class Story(NamedTuple):
    """A risk of the demo. at: of its opening · acts: how many of the four follow."""

    what: Written
    at: datetime
    acts: int


def push_past(tell: Callable[[str], None]) -> int:
    """Opens the risks and brings each to its stage; how many, 0 where there are risks already."""
    if Risk.objects.exists():
        return 0
    done = 0
    for story in (*_after_alarms(), *_found_on_patrol()):
        try:
            with transaction.atomic():
                _bring(story)
            done += 1
        except AnlanError as error:
            tell(f"a risk was not opened: {error}")
    if done:
        tell(f"{done} risks were opened and pushed")
    return done


def _after_alarms() -> Iterator[Story]:
    """After the gravest alarm of the past: in order, and closed."""
    rows = Alarm.objects.filter(level=0, region__startswith=_COUNTY).exclude(pack="co")
    for alarm in rows.exclude(recovered_at=None).order_by("-peak", "raised_at")[:50]:
        event = event_for(alarm.pack, alarm.rule)
        if event is not None and alarm.recovered_at is not None:
            text = "报警解除后现场检查发现隐患，请核实并整改。"
            what = _written(f"{alarm.pack}:{event.name}", alarm.peak, alarm.object_key, text)
            origin = f"alarm:{alarm.key}"
            yield Story(replace(what, origin=origin), alarm.recovered_at + timedelta(minutes=25), 4)
            return


def _found_on_patrol() -> Iterator[Story]:
    """What was found by eye: at the plant, in the village, on a slope."""
    now = timezone.now()
    told = (
        ("enterprise", "chemical:chemical", 3, 9.0, 3, "罐区围堰排水阀未关严，请停用检修并复查。"),
        ("enterprise", "chemical:chemical", 2, 20.0, 2, "可燃气体探头遮挡，请清理并校验。"),
        ("village", "flood:waterlogging", 2, 26.0, 1, "雨水口被杂物堵塞，请清掏并设警示。"),
        ("", "geohazard:geohazard", 3, 0.3, 0, "坡脚见新裂缝，请设警戒并组织专业人员核查。"),
    )
    for number, (who, event, level, hours, acts, text) in enumerate(told):
        thing = _thing(who, event.partition(":")[0], number)
        if thing:
            yield Story(_written(event, level, thing, text), now - timedelta(hours=hours), acts)


def _thing(who: str, pack: str, number: int) -> str:
    """An object that somebody's account answers for, itself or by its place; empty for none."""
    rows = ObservedObject.objects.standing().filter(pack=pack, region__startswith=_COUNTY)
    lines = Responsibility.objects.filter(user_key=who) if who else Responsibility.objects.none()
    own = [line.thing for line in lines if line.thing]
    places = [line.region for line in lines if not line.thing]
    if own:
        rows = rows.filter(key__in=own)
    elif places:
        rows = rows.filter(region__in=places)
    keys = list(rows.order_by("key").values_list("key", flat=True)[:4])
    return str(keys[number % len(keys)]) if keys else ""


def _written(event: str, level: int, thing: str, text: str) -> Written:
    return Written(event=event, level=level, region="", thing=thing, text=f"{text}{_INVENTED}")


def _bring(story: Story) -> None:
    """Opens a risk, and has its people do what follows, some time after one another."""
    at, asker = story.at, _who(_OPENER, story.at)
    facts = read_facts(asker, story.what)
    plan = plan_for(facts, at, asker.key)
    one = actions.open_risk(asker, facts, plan=plan.digest, key=new_key())
    acts: tuple[tuple[Callable[..., Any], str, int, dict[str, Any]], ...] = (
        (actions.take, one.holder, 9, {}),
        (actions.report, one.holder, 50, {"text": _DONE}),
        (actions.ask, one.holder, 20, {"text": "整改完成，申请销号。"}),
        (actions.close, _VERIFIER, 40, {"text": "现场复核，符合要求，同意销号。"}),
    )
    for act, who, minutes, words in acts[: story.acts]:
        at += timedelta(minutes=minutes)
        one.refresh_from_db(fields=["version"])
        act(_who(who, at), one.key, version=one.version, **words)
    if timezone.now() - story.at > _PAST:
        withdraw([f"risk:{one.key}"], "", at)  # nobody's telephone rings for the past


def _who(key: str, at: datetime) -> Person:
    return person_of(User.objects.get(key=key), at)
