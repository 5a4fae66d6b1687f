"""A camera before the real gateway: proved, kept alive, its alarms durable before they are
answered, asked, turned, and sent to the media server; one of ours, and one that SIPp plays."""

import asyncio
import os
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from anlan.connectors.frames import Ask, Frame, Way
from anlan.connectors.gb28181 import PROTOCOL
from anlan.live.gateway.lines.datagrams import Datagrams
from anlan.live.gateway.lines.line import Line
from anlan.sandtable.fleet.gb28181 import Camera, Channel
from anlan.terms.errors import Malformed
from tests.wire.scenes import Scene, now_ms, played

CAMERA, RECORDER = "34020000001320000001", "34020000001180000001"
DOOR, YARD, ROOF = (f"3402000000131000000{n}" for n in (1, 2, 3))
NOW_MS = 1_796_011_200_000  # 2026-11-30 12:00 in Beijing
SIPP = shutil.which("sipp", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
SCENARIO = Path(__file__).parent / "gb28181_camera.xml"
WORDS = {"password": "secret", "media": "10.0.0.9", "catalogue": False}


class Pair:
    """A camera and the platform's side, without a socket between them."""

    def __init__(self, words: dict[str, Any] | None = None, **settings: Any) -> None:
        self.camera = Camera(settings.pop("key", CAMERA), **{"password": "secret", **settings})
        self.said: list[bytes] = []
        self.words = WORDS if words is None else words
        self.camera.say = self.said.append
        self.meet()

    def meet(self) -> None:
        """A new line, of which the platform knows nothing."""
        self.talk = PROTOCOL.talk(Way(words=self.words, far="192.0.2.7:5060"))
        self.camera.begin(NOW_MS)

    def carry(self, at_ms: int = NOW_MS) -> list[Frame]:
        """Says everything to each other until there is nothing left."""
        heard: list[Frame] = []
        while self.said:
            for frame in self.talk.feed(self.said.pop(0)):
                heard.append(frame)
                say = self.talk.answer if frame.is_ok else self.talk.refuse
                self.camera.hear(say(frame, at_ms), at_ms)
        return heard

    def ask(self, name: str, **words: Any) -> list[Frame]:
        """What answers a question, and nothing else."""
        question, data = self.talk.ask(Ask(name, words), NOW_MS)
        self.camera.hear(data, NOW_MS)
        return [frame for frame in self.carry() if frame.ask == question]


@pytest.mark.parametrize(("algorithm", "qop"), [("MD5", False), ("MD5", True), ("SHA-256", True)])
def test_a_camera_registers_by_its_password_and_leaves(algorithm: str, qop: bool) -> None:
    pair = Pair({**WORDS, "algorithm": algorithm, "qop": qop})
    first, second = pair.carry()
    assert (first.device, second.device, second.is_ok) == ("", CAMERA, True)
    states = [pair.camera.is_registered]
    assert not pair.camera.unanswered
    pair.camera.leave(NOW_MS)
    assert [frame.leaves for frame in pair.carry()] == [False, True]
    states.append(pair.camera.is_registered)
    assert states == [True, False]
    pair.camera.alarm(5, 2, NOW_MS)
    assert [frame.reason for frame in pair.carry()] == [f"{CAMERA} has not registered"]


def test_a_wrong_password_is_refused_and_nothing_of_it_is_believed() -> None:
    pair = Pair(password="guess")
    assert [frame.reason for frame in pair.carry()] == ["", f"wrong password of {CAMERA}"]
    pair.camera.alarm(5, 2, NOW_MS)
    (frame,) = pair.carry()
    assert (frame.device, frame.fields, frame.readings) == ("", {}, ())
    assert pair.camera.refused == 2


def test_a_proof_is_good_once_and_on_its_line_alone() -> None:
    pair = Pair()
    heard = pair.carry()
    proof = heard[1].raw
    (again,) = pair.talk.feed(proof)
    assert again.device == CAMERA  # the same, said twice
    changed = proof.replace(b"Call-ID: ", b"Call-ID: x")
    (stolen,) = pair.talk.feed(changed)
    assert stolen.device == ""
    assert b" 401 " in pair.talk.answer(stolen, NOW_MS)
    other = PROTOCOL.talk(Way(words=WORDS, far="192.0.2.66:5060"))
    (stolen,) = other.feed(proof)
    assert stolen.device == ""


def test_single_devices_have_their_own_passwords() -> None:
    words = {**WORDS, "password": "", "passwords": {CAMERA: "secret"}}
    assert [bool(one.reason) for one in Pair(words).carry()] == [False, False]
    assert [bool(one.reason) for one in Pair(words, key=RECORDER).carry()] == [False, True]


def test_an_answer_repeats_what_it_must_and_says_where_it_came_from() -> None:
    pair = Pair({**WORDS, "password": ""})
    (frame,) = pair.talk.feed(pair.said.pop())
    said = pair.talk.answer(frame, NOW_MS).decode()
    assert said.startswith("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP camera.invalid:5060;branch=")
    assert ";rport=5060;received=192.0.2.7\r\n" in said
    assert "Date: 2026-11-30T12:00:00.000\r\n" in said
    assert "Expires: 3600\r\n" in said


def test_an_alarm_is_answered_by_200_and_a_text() -> None:
    pair = Pair()
    pair.carry()
    pair.camera.alarm(5, 6, NOW_MS, priority=2)
    (alarm, *_) = pair.carry()
    assert [(one.sensor, one.value, one.time) for one in alarm.readings] == [
        (f"{CAMERA}.alarm.video.intrusion", 2.0, NOW_MS)
    ]
    assert pair.camera.confirmed == ["Alarm"]
    assert not pair.camera.unanswered


def test_what_is_said_again_is_answered_as_before_and_taken_once() -> None:
    pair = Pair()
    pair.carry()
    pair.camera.notify("Keepalive", [("Status", "OK")], NOW_MS)
    raw = pair.said.pop()
    (first,), (again,) = pair.talk.feed(raw), pair.talk.feed(raw)
    assert len(first.readings) == 2
    assert (again.device, again.readings) == (CAMERA, ())
    assert pair.talk.answer(again, NOW_MS) == b""
    said = pair.talk.answer(first, NOW_MS)
    assert said.startswith(b"SIP/2.0 200 OK")
    assert pair.talk.answer(again, NOW_MS) == said


def test_a_catalogue_comes_in_pages() -> None:
    channels = [Channel(DOOR, "东门"), Channel(YARD, "院内", is_on=False), Channel(ROOF, "屋顶")]
    pair = Pair({**WORDS, "catalogue": True}, key=RECORDER, channels=channels)
    told = {r.sensor: r.value for frame in pair.carry() for r in frame.readings}
    assert told == {
        f"{RECORDER}.{DOOR}.online": 1.0, f"{RECORDER}.{YARD}.online": 0.0,
        f"{RECORDER}.{ROOF}.online": 1.0,
    }  # fmt: skip
    pages = pair.ask("catalogue")
    assert [(page.fields["items"], page.fields["SumNum"]) for page in pages] == [(2, "3"), (1, "3")]
    assert pages[0].fields["DeviceList"]["Item"][0]["Name"] == "东门"


def test_it_is_asked_and_told_what_to_do() -> None:
    pair = Pair(key=RECORDER, channels=[Channel(DOOR)])
    pair.carry()
    (info,) = pair.ask("info")
    assert info.fields["DeviceName"] == "沙盘摄像机"
    (status,) = pair.ask("status")
    assert status.fields["Online"] == "ONLINE"
    span = {"begin": "2026-11-30T08:00:00+08:00", "end": "2026-11-30T09:00:00+08:00"}
    (records,) = pair.ask("records", channel=DOOR, **span)
    assert records.fields["RecordList"]["Item"]["StartTime"] == "2026-11-30T08:00:00"
    (turned,) = pair.ask("ptz", channel=DOOR, move="right,up", speed=31)
    assert turned.header["status"] == 200
    assert [one.fields.get("Result") for one in pair.ask("guard")] == [None, "OK"]
    assert pair.camera.turns == ["right speed 0x1F, up speed 0x1F", "GuardCmd=SetGuard"]
    with pytest.raises(Malformed, match="move must be one of"):
        pair.talk.ask(Ask("ptz", {"move": "away"}), NOW_MS)
    with pytest.raises(Malformed, match="there is no question"):
        pair.talk.ask(Ask("dance"), NOW_MS)


def test_a_stream_goes_to_the_media_server_and_ends() -> None:
    pair = Pair()
    pair.carry()
    (live,) = pair.ask("play", channel=DOOR, transport="tcp-passive")
    assert live.fields["offer"] == {
        "media": "10.0.0.9", "port": 10_000, "transport": "tcp-passive", "ssrc": "0200000001",
        "channel": DOOR,
    }  # fmt: skip
    assert (live.fields["sdp"]["port"], live.fields["sdp"]["y"]) == (15_060, "0200000001")
    (offer,) = pair.camera.streams.values()
    assert (offer["address"], offer["s"], offer["t"]) == ("10.0.0.9", "Play", "0 0")
    (ended,) = pair.ask("stop", channel=DOOR)
    assert (ended.header["cseq_method"], pair.camera.streams) == ("BYE", {})
    with pytest.raises(Malformed, match="no stream of"):
        pair.talk.ask(Ask("stop", {"channel": DOOR}), NOW_MS)


def test_a_recording_is_played_held_and_ends_by_itself() -> None:
    pair = Pair()
    pair.carry()
    (played_back,) = pair.ask("playback", begin=NOW_MS - 3_600_000, end=NOW_MS)
    assert played_back.fields["offer"]["ssrc"][0] == "1"
    (offer,) = pair.camera.streams.values()
    assert (offer["u"], offer["t"]) == (f"{CAMERA}:0", "1796007600 1796011200")
    assert pair.ask("pace", factor=4)
    assert pair.ask("pause")
    assert pair.camera.turns == ["PLAY RTSP/1.0", "PAUSE RTSP/1.0"]
    pair.camera.notify("MediaStatus", [("NotifyType", 121)], NOW_MS)
    pair.carry()
    assert not pair.camera.streams


def test_positions_are_subscribed_to_and_renewed() -> None:
    pair = Pair({**WORDS, "positions": 5, "alarms": True})
    pair.carry()
    assert sorted(pair.camera.subscribed) == ["Alarm", "MobilePosition"]
    pair.camera.move(120.5, 30.25, NOW_MS)
    (frame,) = pair.carry()
    values = {one.sensor.rpartition(".")[2]: one.value for one in frame.readings}
    assert values == {"lon": 120.5, "lat": 30.25, "speed": 12.5}
    pair.camera.subscribed.clear()
    for minutes, renewed in ((10, []), (55, ["Alarm", "MobilePosition"])):
        pair.camera.notify("Keepalive", [("Status", "OK")], NOW_MS)
        pair.carry(NOW_MS + minutes * 60_000)
        assert sorted(pair.camera.subscribed) == renewed
    tags = {"tag=" in one.first("to") for one in pair.camera.subscribed.values()}
    assert tags == {True}


@pytest.mark.parametrize(
    "words", [{"id": "12"}, {"algorithm": "SM3"}, {"colour": 1}, {"media_port": 0},
              {"passwords": {"a": 1}}, {"positions": True}, {"media_transport": "tcp"}],
)  # fmt: skip
def test_a_wrong_setting_is_named(words: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        PROTOCOL.talk(Way(words=words))


@pytest.mark.parametrize("udp", [False, True])
def test_on_a_real_line_nothing_is_answered_before_it_is_kept(udp: bool) -> None:
    transport = "UDP" if udp else "TCP"
    camera = Camera(CAMERA, password="secret", beat_s=0.2, repeat_s=0.1, transport=transport)

    async def play(scene: Scene) -> None:
        await scene.until(lambda: CAMERA in scene.station.devices and camera.is_registered)
        assert (await scene.asked(CAMERA, "info")).fields["Model"] == "sim"
        await scene.until(lambda: scene.last(f"{CAMERA}.works") == 1.0)
        scene.store.is_away = True
        camera.alarm(2, 1, now_ms())
        await asyncio.sleep(0.3)
        assert camera.confirmed == []
        scene.store.is_away = False
        await scene.until(lambda: camera.confirmed)
        kept = [one for one in scene.store.readings if "video_loss" in one.sensor]
        assert [one.value for one in kept] == [1.0]
        camera.leave(now_ms())
        await scene.until(lambda: not scene.station.devices.online)

    played("gb28181", camera, play, udp=udp, words=WORDS)


def test_a_camera_that_is_not_allowed_is_told_nothing() -> None:
    camera = Camera(CAMERA, password="secret", repeat_s=0.05)

    async def play(scene: Scene) -> None:
        await scene.until(lambda: scene.station.faults["foreign_device"] > 2)
        assert not camera.is_registered
        assert not scene.store.readings

    played("gb28181", camera, play, udp=True, words=WORDS, devices=(RECORDER,))


async def _listening(scene: Scene, *, udp: bool) -> tuple[Any, int]:
    """An open port of the scene, and its number."""
    loop = asyncio.get_running_loop()
    if udp:
        make = partial(Datagrams, scene.station, set())
        transport, _ = await loop.create_datagram_endpoint(make, ("127.0.0.1", 0))
        return transport, transport.get_extra_info("sockname")[1]
    server = await loop.create_server(partial(Line, scene.station, set()), "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1]


@pytest.mark.skipif(SIPP is None, reason="SIPp is not installed")
@pytest.mark.parametrize(("udp", "allowed"), [(False, CAMERA), (True, CAMERA), (False, RECORDER)])
def test_a_camera_that_is_not_ours_registers_lives_and_alarms(
    udp: bool, allowed: str, tmp_path: Path
) -> None:
    async def run() -> tuple[int | None, Scene]:
        assert SIPP is not None
        scene = Scene("gb28181", words={**WORDS, "qop": udp}, devices=(allowed,))
        opened, port = await _listening(scene, udp=udp)
        carrying = asyncio.create_task(scene.station.carrier.run())
        sipp = await asyncio.create_subprocess_exec(
            SIPP, "-sf", str(SCENARIO), "-s", CAMERA, "-i", "127.0.0.1", "-m", "1", "-nostdin",
            "-t", "u1" if udp else "t1", "-timeout", "60" if allowed == CAMERA else "15",
            f"127.0.0.1:{port}", cwd=tmp_path, stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            return await asyncio.wait_for(sipp.wait(), 90), scene
        finally:
            if sipp.returncode is None:
                sipp.kill()
            carrying.cancel()
            opened.close()

    ended, scene = asyncio.run(run())
    if allowed == CAMERA:
        assert ended == 0
        assert scene.last(f"{CAMERA}.works") == 1.0
        assert scene.last(f"{CAMERA}.alarm.device.tamper") == 1.0
    else:
        assert ended
        assert not scene.store.readings
        assert scene.station.faults["foreign_device"]
