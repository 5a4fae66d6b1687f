"""The earlier storm was handled to its end: by the demo's own people, at its own time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from anlan.apps.people.models import User
from anlan.apps.people.queries import person_of
from anlan.apps.watch import actions
from anlan.apps.watch.models import Alarm
from anlan.terms.errors import AnlanError

_RECENT = timedelta(hours=6)
_ACKNOWLEDGED_S = {4: 80, 3: 150, 2: 420, 1: 1500}
"""After how long somebody saw an alarm, by its highest level."""
_STORY = {
    "flood": ("短时强降雨", "加密观测，通知沿线责任人，低处人员已提前转移，水位回落后解除。"),
    "geohazard": ("持续降雨致坡体含水增大", "撤离坡下住户并设警戒，专业人员巡查后确认稳定。"),
    "chemical": ("法兰垫片渗漏", "关闭上下游阀门，更换垫片，复测浓度正常。"),
    "tailings": ("汛期库水位上升", "加大排洪，降低库水位，巡坝未见异常。"),
    "wind": (
        "雷雨云团出流引起的短时大风",
        "通知工地停止高空作业，加固围挡和广告牌，风力减弱后解除。",
    ),
    "bridge": ("超限货车通过", "通报治超站拦检，核对挠度、振动未见异常。"),
    "pipe": ("管段压力波动", "调度核实工况，沿线查漏未见泄漏，压力恢复正常。"),
    "tunnel": ("分区通风不足", "人员撤出后加大通风，复测合格，恢复巡检。"),
    "elevator": ("门机故障停梯", "维保到场排除故障，试运行正常，无人受伤。"),
    "gas_station": ("卸油时油气挥发", "停止卸油，收紧接头，复测浓度正常。"),
    "fireworks": ("库内温湿度超限", "停止作业，通风降温，温湿度恢复正常。"),
    "mine": ("采场微震事件", "撤出作业人员，技术员查看支护完好，观察后复工。"),
    "co": ("室内燃煤取暖通风不良", "上门开窗通风，熄灭炉具，住户无恙，已发放宣传单。"),
}
_OTHER = ("现场情况已核实", "已按预案处置。")


def handle_past(tell: Callable[[str], None]) -> int:
    """Handles what has recovered and is some hours old, as it would have been; how many."""
    before = timezone.now() - _RECENT
    rows = Alarm.objects.filter(
        state=Alarm.State.RAISED, level=0, recovered_at__lt=before, region__startswith="99"
    ).order_by("raised_at")
    done = 0
    for alarm in list(rows):
        done += _handled(alarm)
    if done:
        tell(f"{done} alarms of the past were handled")
    return done


def _handled(alarm: Alarm) -> int:
    user = _duty_of(alarm.region)
    if user is None or alarm.recovered_at is None:
        return 0
    seen = alarm.raised_at + timedelta(seconds=_ACKNOWLEDGED_S.get(alarm.peak, 600))
    ended = max(alarm.recovered_at, seen) + timedelta(minutes=12)
    cause, measure = _STORY.get(alarm.pack, _OTHER)
    try:
        _do(actions.acknowledge, user, alarm, at=seen)
        _do(actions.start, user, alarm, at=seen + timedelta(minutes=2))
        _do(actions.explain, user, alarm, at=ended, cause=cause, measure=measure)
        _do(actions.close, user, alarm, at=ended + timedelta(minutes=4), reason="恢复正常")
    except AnlanError:
        return 0
    return 1


def _do(act: Callable[..., Any], user: User, alarm: Alarm, *, at: datetime, **words: str) -> None:
    alarm.refresh_from_db(fields=["version"])
    act(person_of(user, at), alarm.key, version=alarm.version, **words)


def _duty_of(region: str) -> User | None:
    """The duty officer of the county, or of what is above it."""
    for key, code in (("county", "990101"), ("county-b", "990102"), ("city", "9901")):
        if region.startswith(code):
            return User.objects.filter(key=key).first()
    return None
