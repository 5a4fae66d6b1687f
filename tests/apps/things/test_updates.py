"""Clients of a real broker hear what is new in the jurisdiction of the program that is named, as
clause 14 of OGC 18-088 has it, and nothing else."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from django.db import connection, connections
from django.test import Client
from paho.mqtt.enums import CallbackAPIVersion

from anlan.apps.atlas.models import ObservedObject
from anlan.apps.people.models import ApiKey
from anlan.history.log import Log, store_in
from anlan.site.api.things.publishing.course import Course
from anlan.site.api.things.publishing.cursor import keep, newest
from anlan.site.api.things.publishing.news import Message
from anlan.site.api.things.publishing.publisher import Publisher
from anlan.site.api.things.publishing.settings import load_settings
from anlan.terms.errors import Malformed, Unavailable
from tests.apps.api.conftest import program as program
from tests.apps.atlas.places import point, put
from tests.apps.things.conftest import OURS, ROOT, START, THEIRS
from tests.pure.history.streams import batch_of, readings
from tests.wire.test_mqtt_broker import CONFIG, MOSQUITTO, House, until

ACCESS = """\
user anlan
topic write county/v1.1/#
user neighbour
topic read county/v1.1/Things
topic read county/v1.1/Datastreams('990101-gas')/#
user county
topic read county/v1.1/#
"""
NOW = datetime.now(UTC)
SELECT = "?$select=result,phenomenonTime"


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A broker with an access list: who may publish, and who may hear what."""
    folder = tmp_path_factory.mktemp("broker")
    (folder / "access").write_text(ACCESS)
    house = House(folder, f"{CONFIG.read_text()}\nacl_file {folder}/access\n")
    yield house
    house.close()


class Ear:
    """A client that follows some topics; heard: bodies by topic."""

    def __init__(self, house: House, user: str, *topics: str) -> None:
        self.heard: dict[str, list[Any]] = {}
        self._joined = threading.Event()
        self.client = client = paho.Client(CallbackAPIVersion.VERSION2)
        client.username_pw_set(user, None)
        client.on_message = lambda _, __, one: self.heard.setdefault(one.topic, []).append(
            json.loads(one.payload)
        )
        client.on_subscribe = lambda *_: self._joined.set()
        client.connect("127.0.0.1", house.port)
        client.loop_start()
        client.subscribe([(topic, 1) for topic in topics])
        assert self._joined.wait(20)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def settings_in(folder: Path, port: int, **more: str) -> Path:
    """The settings, for the program of our county."""
    path = folder / "sensorthings.toml"
    path.write_text(
        f'[broker]\nhost = "127.0.0.1"\nport = {port}\nclient_id = "anlan-updates"\n'
        f'username = "anlan"\n[[publish]]\nkey = "{more.get("key", "anp_county_0")}"\n'
        f'prefix = "{more.get("prefix", "county/")}"\n'
        'select = { Observations = ["result,phenomenonTime"] }\n'
    )
    return path


def told(publisher: Publisher, now: datetime = NOW) -> None:
    """Steps until the broker is there and nothing more is to be told."""

    def is_quiet() -> bool:
        try:
            return publisher.is_told and not publisher.step(now)
        except Unavailable:
            return False

    until(is_quiet)


def appended(folder: Path, minute: int) -> None:
    """A reading of each county at that minute."""
    at = START + minute * 60_000
    with Log.open(store_in(folder), write=True) as log:
        batch = batch_of([(h, at, float(minute)) for h in (1, 2)])
        log.append([readings(batch, round(NOW.timestamp() * 1000))])


def recorded(folder: Path, now: datetime, *many: list[tuple[int, float]]) -> None:
    """Records of that moment, each with some (handle, value)."""
    at = round(now.timestamp() * 1000)
    with Log.open(store_in(folder), write=True) as log:
        for number, rows in enumerate(many):
            times = [at + 1000 * number + n for n in range(len(rows))]
            batch = batch_of([(h, time, v) for time, (h, v) in zip(times, rows, strict=True)])
            log.append([readings(batch, at)])


@pytest.fixture
def log(folder: Path, heard: None) -> Iterator[Log]:
    log = Log.open(store_in(folder))
    yield log
    log.close()


class Scene:
    """A publisher, with what it published before the test gone by."""

    def __init__(self, folder: Path, log: Log) -> None:
        self._made: Callable[[], Publisher] = lambda: Publisher(
            folder, "https://anlan.example", lambda: log
        )
        self.publisher = self._made()
        told(self.publisher)

    def restart(self) -> None:
        self.publisher.leave()
        self.publisher = self._made()


def _by_http(client: Client, told: Any) -> Any:
    """The same reading, asked for."""
    answer = client.get(f"{ROOT}/Observations('{told['@iot.id']}')")
    return json.loads(answer.content.replace(b"http://testserver", b"https://anlan.example"))


@pytest.mark.broker
@pytest.mark.skipif(MOSQUITTO is None, reason="Mosquitto is not installed")
def test_clients_hear_what_is_new_in_one_jurisdiction(
    house: House, folder: Path, log: Log, program: Callable[..., Client]
) -> None:
    client = program("county")
    settings_in(folder, house.port)
    scene = Scene(folder, log)
    county = Ear(house, "county", "county/v1.1/#")
    neighbour = Ear(house, "neighbour", "#")
    appended(folder, 50)
    put(ObservedObject, f"{OURS}-new", f"{OURS}001001", "新", shape=point(160.1, 30.1))
    put(ObservedObject, f"{THEIRS}-new", f"{THEIRS}001001", "新", shape=point(160.5, 30.1))
    told(scene.publisher)
    stream, thing = f"Datastreams('{OURS}-gas')/Observations", f"Things('{OURS}-new')"
    sets = {"Observations", f"Observations{SELECT}", stream, f"{stream}{SELECT}", "Things", thing}
    until(lambda: len(county.heard) == len(sets))
    assert set(county.heard) == {f"county/v1.1/{one}" for one in sets}
    ((whole,), (short,)) = (county.heard[f"county/v1.1/{stream}{one}"] for one in ("", SELECT))
    assert _by_http(client, whole) == whole
    assert short == {"phenomenonTime": whole["phenomenonTime"], "result": 50.0}
    assert county.heard[f"county/v1.1/{thing}"][0]["name"] == "新"
    # Away for a while: what came is told once it is back; with its key taken back, no more.
    scene.restart()
    appended(folder, 51)
    told(scene.publisher)
    until(lambda: len(county.heard[f"county/v1.1/{stream}"]) == 2)
    ApiKey.objects.update(revoked_at=NOW)
    appended(folder, 52)
    told(scene.publisher)
    scene.publisher.leave()
    marker = f"county/v1.1/{stream}"
    anlan = Ear(house, "anlan", "none")
    anlan.client.publish(marker, json.dumps("last"), qos=1)
    until(lambda: "last" in county.heard[marker] and "last" in neighbour.heard.get(marker, ()))
    results = [one if one == "last" else one["result"] for one in county.heard[marker]]
    assert results == [50.0, 51.0, "last"]
    assert set(neighbour.heard) == {"county/v1.1/Things", marker, marker + SELECT}
    assert THEIRS not in json.dumps([county.heard, neighbour.heard])
    for ear in (county, neighbour, anlan):
        ear.close()


@pytest.mark.broker
@pytest.mark.skipif(MOSQUITTO is None, reason="Mosquitto is not installed")
def test_many_records_are_told_at_once_and_none_that_is_late(
    house: House, folder: Path, log: Log, program: Callable[..., Client]
) -> None:
    program("county")
    settings_in(folder, house.port)
    publisher = Scene(folder, log).publisher
    topic = f"county/v1.1/Datastreams('{OURS}-gas')/Observations"
    ear = Ear(house, "county", topic)
    recorded(folder, NOW, *([(1, float(n))] for n in range(300)))
    assert publisher.step(NOW)  # without a word of the broker in between
    until(lambda: len(ear.heard.get(topic, ())) == 300)
    told(publisher)
    # What grows old while much is told before it is left out: the age is looked at as it comes.
    recorded(folder, NOW, [(2, 1.0)] * 500, [(1, 300.0)])
    assert publisher.step(NOW)
    later = NOW + timedelta(minutes=11)
    recorded(folder, later, [(1, 301.0)])
    told(publisher, later)
    until(lambda: ear.heard[topic][-1]["result"] == 301.0)
    publisher.leave()
    ear.close()
    assert [one["result"] for one in ear.heard[topic]] == [*map(float, range(300)), 301.0]


@pytest.mark.broker
@pytest.mark.skipif(MOSQUITTO is None, reason="Mosquitto is not installed")
def test_how_far_it_is_is_written_when_it_is_further_and_only_then(
    house: House, folder: Path, log: Log, program: Callable[..., Client]
) -> None:
    program("county")
    settings_in(folder, house.port)
    publisher = Scene(folder, log).publisher
    file = folder / "sensorthings" / "published.json"
    recorded(folder, NOW, [(1, 1.0)])
    told(publisher)
    told(publisher, NOW + timedelta(seconds=2))
    assert json.loads(file.read_text())["seq"] == log.last()
    os.utime(file, (0, 0))
    for seconds in range(4, 20):
        assert not publisher.step(NOW + timedelta(seconds=seconds))
    assert file.stat().st_mtime == 0
    # Before it ends, and when the disk does not take it.
    recorded(folder, NOW, [(1, 2.0)])
    told(publisher, NOW + timedelta(seconds=19))
    publisher.leave()
    assert json.loads(file.read_text())["seq"] == log.last()
    file.unlink()
    file.mkdir()
    with pytest.raises(Unavailable, match="cannot be written"):
        keep(file, newest(log))


@pytest.fixture
def colleague() -> Iterator[str]:
    """Another connection to the same database, inside a transaction; what it writes is removed."""
    name = "colleague"
    connections[name] = other = connection.copy(name)
    try:
        other.set_autocommit(False)
        yield name
        other.rollback()
        ObservedObject.objects.using(name).all().delete()
        other.commit()
    finally:
        other.close()
        del connections[name]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_a_thing_that_was_numbered_first_and_stored_last_is_told(
    folder: Path, log: Log, program: Callable[..., Client], colleague: str
) -> None:
    program("county")
    settings = load_settings(settings_in(folder, 1))
    at, village = newest(log), f"{OURS}001001"

    def topics() -> list[str]:
        course = Course(log, at, settings, "")
        drawn = iter(lambda: course.next(NOW), None)
        return [one.topic for one in drawn if isinstance(one, Message)]

    early = ObservedObject(key=f"{OURS}-early", region=village, name="早", since=NOW, words="")
    early.save(using=colleague)
    put(ObservedObject, f"{OURS}-late", village, "晚")
    assert topics() == []
    connections[colleague].commit()
    things = [f"county/v1.1/Things('{OURS}-{one}')" for one in ("early", "late")]
    assert [one for one in topics() if "(" in one] == things


def test_without_a_broker_nothing_is_lost_and_somebody_hears_why(
    folder: Path, log: Log, program: Callable[..., Client]
) -> None:
    program("county")
    publisher = Publisher(folder, "", lambda: log)
    assert not publisher.step(NOW)  # no settings, nothing to do
    settings_in(folder, 1)
    with pytest.raises(Unavailable, match="no broker answers"):
        publisher.step(NOW)
    publisher.leave()


def test_settings_that_are_wrong_are_named(folder: Path) -> None:
    for more, said in (
        ({"prefix": "county"}, "ends with a stroke"),
        ({"prefix": "+/"}, "has no"),
        ({"key": 'one"\n[[publish]]\nkey = "other', "prefix": ""}, "two programs"),
    ):
        with pytest.raises(Malformed, match=said):
            load_settings(settings_in(folder, 1, **more))
    path = settings_in(folder, 1)
    path.write_text(path.read_text().replace("result,", "nothing,"))
    with pytest.raises(Malformed, match="has no nothing"):
        load_settings(path)
