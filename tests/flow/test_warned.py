"""From an alarm of the demo city to a warning, raised to red and lifted: what everybody gets."""

import json
import os
import queue
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import paho.mqtt.client as paho
import pytest
from lxml import etree
from paho.mqtt.enums import CallbackAPIVersion

from anlan.cap.check import check
from anlan.cap.message import Alert
from anlan.cap.read import read
from anlan.channels.sms.cmpp.pdus import V3
from anlan.sandtable.sinks.mail import Mail, MailServer
from anlan.sandtable.sinks.sms.centre import Centre
from anlan.sandtable.sinks.sms.cmpp import CmppSpeech
from anlan.sandtable.sinks.sms.phones import Phones
from anlan.sandtable.sinks.speaker import Door, Platform, Terminals
from anlan.site.demo.ears.ends import OURS, PLATFORM, THEIRS
from tests.flow.demos import Demo, free_port, until
from tests.flow.plain import Plain

MOSQUITTO = shutil.which("mosquitto", path="/usr/bin:/usr/sbin:/usr/local/sbin")
pytestmark = pytest.mark.skipif(MOSQUITTO is None, reason="Mosquitto is not installed")
SECONDS = 90
"""How long anything may take until it has arrived; the machine may be busy."""
SUBSCRIBE = """
import django
django.setup()
from django.utils import timezone
from anlan.apps.warning.models import Subscription
now = timezone.now()
Subscription(way="mqtt", address="990101", region="990101", digest="d", state="confirmed",
             spot="990101", asked_at=now, confirmed_at=now).save()
from anlan.apps.atlas.models import Facility
print(" ".join(Facility.objects.exclude(device="").values_list("device", flat=True)))
"""


class World:
    """Far ends of the channels, and a demo whose site is set up to reach them."""

    def __init__(self, demo: Demo, phones: Phones, mails: list[Mail], centre: Centre,
                 topics: "queue.SimpleQueue[dict[str, Any]]",
                 terminals: Terminals) -> None:  # fmt: skip
        self.demo, self.phones, self.mails, self.centre = demo, phones, mails, centre
        self.topics, self.terminals = topics, terminals

    def texts(self) -> list[str]:
        """What stands on all telephones."""
        return [text for texts in self.phones.texts().values() for text in texts]


@pytest.fixture
def world(warmed: Path, tmp_path: Path) -> Iterator[World]:
    data = Path(shutil.copytree(warmed, tmp_path / "data"))
    with ExitStack() as ends:
        mails, phones, mail_port = list[Mail](), Phones(), free_port()
        ends.enter_context(MailServer(mails.append, port=mail_port))
        speech = CmppSpeech("901234", "tried", V3)
        centre = ends.enter_context(Centre(speech, phones))
        broker_port = ends.enter_context(_Broker(tmp_path)).port
        topics: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        ends.callback(_listen(broker_port, topics))
        (data / "anlan.toml").write_text(
            f'smtp_host = "127.0.0.1"\nsmtp_port = {mail_port}\nsmtp_security = "none"\n'
            f'mail_from = "anlan@demo.invalid"\nmqtt_broker = "mqtt://127.0.0.1:{broker_port}"\n'
            f'sms_gateway = "cmpp://127.0.0.1:{centre.port}"\nsms_user = "901234"\n'
            'sms_password = "tried"\nsms_sender = "10690000"\n'
        )
        terminals = Terminals(_subscribe(data))
        platform = Platform(terminals, public=OURS.public, seal=THEIRS, code=PLATFORM)
        door = ends.enter_context(Door(platform))
        with (data / "anlan.toml").open("a") as options:
            options.write(
                f'speaker_platform = "{door.url}"\nspeaker_source = "{PLATFORM}"\n'
                f'speaker_target = "{PLATFORM}"\nspeaker_serial = "0102030405ff"\n'
                f'speaker_secret = "{"39" * 32}"\ndevice_private = true\n'
            )
        demo = Demo(tmp_path, data, port=free_port())
        ends.callback(demo.stop)
        demo.health()
        yield World(demo, phones, mails, centre, topics, terminals)


class _Broker:
    """A Mosquitto of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._config = folder / "mosquitto.conf"
        self._config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\n")

    def __enter__(self) -> "_Broker":
        assert MOSQUITTO is not None
        self._process = subprocess.Popen([MOSQUITTO, "-c", str(self._config)],
                                         stderr=subprocess.DEVNULL)  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)


def _listen(port: int, topics: "queue.SimpleQueue[dict[str, Any]]") -> Callable[[], None]:
    """Follows the topic of the county, as somebody's app does; gives the way to end it."""
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id="phone")
    client.on_connect = lambda c, *_: c.subscribe("anlan/warnings/990101", qos=1)
    client.on_message = lambda _c, _u, got: topics.put(json.loads(got.payload))
    until(lambda: _connects(client, port), within_s=SECONDS)
    client.loop_start()

    def end() -> None:
        client.disconnect()
        client.loop_stop()

    return end


def _connects(client: paho.Client, port: int) -> bool:
    try:
        return client.connect("127.0.0.1", port) == paho.MQTT_ERR_SUCCESS
    except OSError:
        return False


def _subscribe(data: Path) -> list[str]:
    """Lets an app follow the county; the codes of the city's loudspeakers."""
    told = os.environ | {"ANLAN_DATA": str(data), "ANLAN_DEMO": "1",
                         "DJANGO_SETTINGS_MODULE": "anlan.site.settings"}  # fmt: skip
    done = subprocess.run([sys.executable, "-c", SUBSCRIBE], env=told, check=True,
                          capture_output=True, text=True)  # fmt: skip
    return done.stdout.split()


def an_alarm(county: Plain) -> str:
    """The page of an orange alarm from which a warning can be drafted."""
    end = time.monotonic() + 150
    while time.monotonic() < end:
        county.open("/")
        for link in county.links("li.lvline-orange .row-what a"):
            county.open(link)
            if county.has(link.replace("/alarms/", "/warnings/from/")):
                return link
        time.sleep(1)
    raise AssertionError("no alarm")


def decide(chief: Plain, address: str) -> None:
    chief.open(address)
    chief.send("/approve", **{"password": "anlan-demo"})
    assert "已" in " ".join(chief.page.cssselect(".facts-line")[0].text_content().split())


@pytest.mark.timeout(600)
def test_two_officers_warn_raise_and_lift_and_everybody_hears_it(world: World) -> None:
    url = world.demo.address()
    with Plain(url, "county") as county, Plain(url, "county-chief") as chief:
        alarm = an_alarm(county)
        county.send(alarm.replace("/alarms/", "/warnings/from/"))
        address = county.path.removesuffix("/edit")
        county.send("/edit", press="submit")
        decide(chief, address)
        first = heard(world, county, address, order=1, colour="橙色")
        answered_by_text(world, county, address)
        second = went_on(world, county, chief, address=address, verb="relevel", colour="红色")
        assert second.references == first.reference
        third = went_on(world, county, chief, address=address, verb="cancel", colour="解除")
        assert (third.references or "").split() == [first.reference, second.reference]
        over = second.info[0].headline or ""
        until(lambda: over not in published(world), within_s=SECONDS)
        nothing_came_twice(world)


def went_on(
    world: World, county: Plain, chief: Plain, *, address: str, verb: str, colour: str
) -> Alert:
    """The message by which the warning is raised to red, or lifted."""
    county.open(address)
    more = {"level": "4"} if verb == "relevel" else {}
    county.send(f"/{verb}", reason="险情变化", **more)
    if county.has("/submit"):
        county.send("/submit")
    decide(chief, address)
    return heard(world, county, address, order=3 if verb == "cancel" else 2, colour=colour)


def heard(world: World, county: Plain, address: str, *, order: int, colour: str) -> Alert:
    """The message of that order; once it is on the public's page, by mail, SMS and MQTT."""
    octets = county.fetch(f"{address}/messages/{order}.xml")
    found = check(octets)
    assert (found.verdict, found.warnings) == ("valid", ())
    told = read(octets)
    assert [info.language for info in told.info] == ["zh-CN", "en-US"]
    assert etree.fromstring(octets).findtext("{*}identifier") == told.identifier
    headline = told.info[0].headline or ""
    assert colour in headline
    until(lambda: any(headline in one.subject for one in world.mails), within_s=SECONDS)
    until(lambda: any(headline in text for text in world.texts()), within_s=SECONDS)
    assert world.terminals.wait(order, SECONDS)
    assert world.terminals.played()[-1].said.is_cancel is (told.msg_type == "Cancel")
    pushed = world.topics.get(timeout=SECONDS)
    assert headline in json.dumps(pushed, ensure_ascii=False)
    if told.msg_type != "Cancel":
        until(lambda: headline in published(world), within_s=SECONDS)
    return told


def published(world: World) -> str:
    """What the public reads, without a login."""
    address = f"{world.demo.address()}/public/"
    return httpx.get(address, follow_redirects=True, timeout=SECONDS).text


def answered_by_text(world: World, county: Plain, address: str) -> None:
    """Somebody who was called writes back, and stands on the board as answered."""
    asked = until(lambda: [to for to, texts in world.phones.texts().items()
                           if any("回复1" in text for text in texts)],
                  within_s=SECONDS)  # fmt: skip
    before = answers(county, address)
    world.centre.reply(asked[0], "1", to="10690000")
    until(lambda: answers(county, address) == before + 1, within_s=SECONDS)


def answers(county: Plain, address: str) -> int:
    """How many have answered, as the board says."""
    county.open(f"{address}/calls?state=answered")
    return len(county.page.cssselect("tr[data-id]"))


def nothing_came_twice(world: World) -> None:
    raw = [(got.to, got.mark, got.number, got.text) for got in world.phones.raw()]
    assert len(raw) == len(set(raw))
    mails = [(one.to, one.subject, one.text) for one in world.mails]
    assert len(mails) == len(set(mails))
