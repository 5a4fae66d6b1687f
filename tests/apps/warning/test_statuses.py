"""Nothing of a drill reaches a live sink and nothing live a drill's, by any way that there is.

All ways out are set up with live ends and with ends of drills; a rule that is broken must show by
each of them, and a channel that is added without ends here is noticed.
"""

import pkgutil
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.db.models import Max
from shapely.geometry import Point

from anlan import channels
from anlan.apps.atlas.models import Facility
from anlan.apps.people.models import Notice, Responsibility
from anlan.apps.warning.actions.calling import keep_calling
from anlan.apps.warning.actions.handing import hand_over
from anlan.apps.warning.actions.mass import loading
from anlan.apps.warning.actions.mass.packing import pack_next
from anlan.apps.warning.actions.mass.slips import Records
from anlan.apps.warning.models import Addressee, Parcel, Subscription
from anlan.apps.warning.queries.audience import sinks
from anlan.apps.warning.queries.calling.ways import Ways
from anlan.channels import Status
from anlan.channels.bulk import Singly
from anlan.channels.mqtt import Settings as MqttSettings
from anlan.site.crew.ways import ways_out
from anlan.site.crew.ways.many import ways_to_many
from anlan.site.options import Options
from tests.apps.conftest import TOWN
from tests.apps.warning.conftest import SINCE, Office
from tests.apps.warning.mass.subscribed import NOW_AND_LATER, subscribe
from tests.apps.warning.reaching import plant_tree, set_options

pytestmark = pytest.mark.django_db
subscribers = import_module("anlan.apps.warning.queries.audience.subscribers")
KEY, STATUSES = "a key of more than 16 bytes", ("Actual", "Exercise", "Test")
DRILL_SMS, DRILL_VOICE = "13900000777", "19900009999"
SPEAKERS = dict(zip(STATUSES, ("33109910120131401001", "33109910120131401002",
                               "33109910120131401003"), strict=True))  # fmt: skip
MOBILES = dict(zip(STATUSES, ("13800000001", "13800000002", "13800000003"), strict=True))
_ONLY = {DRILL_SMS: {"Exercise", "Test"}, DRILL_VOICE: {"Exercise", "Test"}}
_ONLY |= {end: {status} for status, end in (*SPEAKERS.items(), *MOBILES.items())}
_NO_WAYS = {"web"}
"""Rooms of the channels that are none: HTTP for those who speak it."""
Went = set[tuple[str, str]]


def may_reach(address: str) -> set[str]:
    """The messages that an end takes, as it is named in these tests."""
    if address in _ONLY:
        return _ONLY[address]
    for word, statuses in (("exercise", {"Exercise"}), ("test", {"Test"}),
                           ("drill", {"Exercise", "Test"})):  # fmt: skip
        if word in address.casefold():
            return statuses
    return {"Actual"}


@pytest.fixture
def options(office: Office, settings: Any) -> Options:
    """A site with every way, live ends and ends of drills."""
    plant_tree(office)
    Responsibility.objects.filter(person="镇长").update(phone="13900000003")
    for status in STATUSES:
        for kind, device in (("loudspeaker", SPEAKERS[status]),
                             ("screen", f"https://{status}.example/screen")):  # fmt: skip
            Facility.objects.create(key=f"{kind}-{status}", name=kind, kind=kind, region=TOWN,
                                    shape=Point(118.15, 30.15), device=device, takes=status,
                                    since=office.now - SINCE)  # fmt: skip
        subscribe("email", f"public@{status}.invalid", status=status)
        subscribe("sms", MOBILES[status], status=status)
        subscribe("webhook", f"https://{status}.example/public", status=status)
        subscribe("push", f'{{"endpoint":"https://{status}.example/push"}}', status=status)
        subscribe("mqtt", f"app-{status}", status=status)
    return set_options(
        settings, address="https://anlan.example", smtp_host="127.0.0.1", mail_from="a@b.invalid",
        sandbox_mail=("box@drill.invalid",), webhook_secret=KEY,
        warning_webhooks=("https://live.example/in",), sandbox_webhook=("https://drill.example/in",),
        warning_chats=("wecom+https://live.example/r?key=1",),
        sandbox_chat=("wecom+https://drill.example/r?key=2",), sms_gateway="cmpp://127.0.0.1:7890",
        sms_user="901234", sms_password="tried", sms_sender="10690000",
        sandbox_sms=(DRILL_SMS,), voice_exchange="sip:127.0.0.1:5060", voice_user="anlan",
        sandbox_voice=(DRILL_VOICE,),
        speaker_platform="https://platform.example/ebd", speaker_source="331099000000001010",
        speaker_target="331099000000001011", speaker_serial="0102030405ff",
        speaker_secret="39" * 32, screen_secret=KEY, push_key=f"{'A' * 42}E=",
        push_contact="mailto:duty@anlan.example", mqtt_broker="mqtt://127.0.0.1:1",
        sms_batch_gateway="https://sms.example/send",
    )  # fmt: skip


def all_ways(options: Options) -> list[Any]:
    """The ways out of a site, to some and to very many."""
    return [*ways_out(options), *ways_to_many(options, Records())]


def went(office: Office, status: str) -> Went:
    """By which ways an orange warning of a status goes where, its call-down and the public too."""
    before = Notice.objects.aggregate(Max("pk"))["pk__max"] or 0
    message = office.issued(status=status).messages.get()
    hand_over(office.now)
    keep_calling(office.now)
    office.later(seconds=NOW_AND_LATER)
    while pack_next(office.now):
        continue
    made = Notice.objects.filter(cause__regex="^(message|call):", pk__gt=before)
    assert set(made.values_list("status", flat=True)) <= {status}
    found = set(made.values_list("kind", "address"))
    for parcel in Parcel.objects.filter(message=message):
        found |= {(parcel.way, _end(parcel, one.address)) for one in loading.load(parcel)[0]}
    return found


def _end(parcel: Parcel, address: str) -> str:
    """Where it goes; for the apps the topic, which all who follow it share."""
    if parcel.way != Subscription.Way.MQTT:
        return address
    topic = MqttSettings(broker="mqtt://127.0.0.1:1").topic(address, Status(parcel.message.status))
    return topic or ""


def wrong(found: Went, status: str) -> set[str]:
    """The ways by which something went where it must not."""
    return {way for way, address in found if status not in may_reach(address)}


@pytest.mark.parametrize("status", STATUSES)
def test_by_every_way_a_message_reaches_ends_of_its_own_status_alone(
    office: Office, options: Options, status: str
) -> None:
    found = went(office, status)
    assert wrong(found, status) == set()
    assert {way for way, _address in found} == {way.name for way in all_ways(options)}


def test_every_channel_that_there_is_has_ends_here(options: Options) -> None:
    """A room of the channels that no way comes from is one that these tests do not see."""
    ways = all_ways(options)
    ways = [way._channel if isinstance(way, Singly) else way for way in ways]
    rooms = {one.name for one in pkgutil.iter_modules(channels.__path__) if one.ispkg}
    assert {type(way).__module__.split(".")[2] for way in ways} == rooms - _NO_WAYS
    kinds = {*Addressee.By.values, *Subscription.Way.values} - {Addressee.By.PHONE}
    assert kinds <= {way.name for way in ways}


def _always(_sink: str, _message: str) -> bool:
    return True


def _but_live(sink: str, message: str) -> bool:
    return sink in (message, "Actual")


_SPOKEN = {"email", "sms", "voice"}
_ROUTED = {"email", "sms", "webhook", "chat", "speaker", "screen"}
_MASS = {"email", "sms", "webhook", "push"}
"""By mqtt a drill has topics of its own, whoever is packed."""


@pytest.mark.parametrize("rule", [_always, _but_live])
@pytest.mark.parametrize("status", STATUSES[1:])
def test_a_rule_that_lets_drills_through_shows_by_every_way(
    office: Office, options: Options, monkeypatch: pytest.MonkeyPatch, status: str,
    rule: Callable[[str, str], bool],
) -> None:  # fmt: skip
    with monkeypatch.context() as broken:
        broken.setattr(sinks, "takes", rule)
        assert wrong(went(office, status), status) == _ROUTED
    with monkeypatch.context() as broken:
        broken.setattr(subscribers, "takes", rule)
        assert wrong(went(office, status), status) == set()  # asked again at the last moment
        broken.setattr(loading, "takes", rule)
        assert wrong(went(office, status), status) == _MASS
    with monkeypatch.context() as broken:
        broken.setattr(Ways, "of", _as_if_meant)
        assert wrong(went(office, status), status) == _SPOKEN


def _as_if_meant(ways: Ways, address: str, phone: str, real: Any = Ways.of) -> dict[str, str]:
    ways._is_drill = False
    found: dict[str, str] = real(ways, address, phone)
    return found


def test_a_rule_that_lets_what_is_meant_into_sandboxes_shows_by_every_way(
    office: Office, options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (sinks, subscribers, loading):
        monkeypatch.setattr(module, "takes", _always)
    assert wrong(went(office, "Actual"), "Actual") == _ROUTED | _MASS
