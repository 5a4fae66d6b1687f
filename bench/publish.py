"""From writing to hand-over by every way: what a warning costs in seconds of the machine.

The demo city as people start it, its sensors streaming; two officers at browsers without scripts
write an orange warning of the whole county in both languages, submit it, review and sign it. It is
handed over when the far end of each way has taken what is for everybody: e-mail, SMS by CMPP,
loudspeakers, screens, chat groups, the webhook of another system, and subscribers by push, SMS in
batches, webhook and MQTT. Far ends and officers run on the same cores. Of some rounds each step's
slowest is told; what a person thinks or types takes no time. ANLAN_BENCH_DIR keeps the city for the
next run.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from anlan.channels.sms.cmpp.pdus import V3
from anlan.sandtable.sinks.chat import Robots
from anlan.sandtable.sinks.screen import Board
from anlan.sandtable.sinks.sms.centre import Centre
from anlan.sandtable.sinks.sms.cmpp import CmppSpeech
from anlan.sandtable.sinks.sms.phones import Phones
from anlan.sandtable.sinks.speaker import Door, Platform, Terminals
from anlan.site.demo.ears.ends import OURS, PLATFORM, THEIRS
from anlan.site.demo.script import city_of
from bench import mass
from bench._demo import demo
from tests.flow.demos import descendants, free_port
from tests.flow.plain import Plain

ROUNDS, EACH, PATIENCE_S = 3, 25, 120.0
_BY_NAME = ("email", "sms", "speaker", "screen", "chat", "webhook")
_PACKED = """SELECT 1 FROM warning_mass a JOIN warning_message m ON m.id = a.message_id
    JOIN warning_warning w ON w.id = m.warning_id WHERE w.key = ? AND packed_at IS NOT NULL"""
_PARCELS = """SELECT way, max(p.ended_at), sum(p.is_open) FROM warning_parcel p
    JOIN warning_warning w ON w.id = p.course WHERE w.key = ? GROUP BY way"""
_NOTICES = """SELECT kind, max(handed_at), sum(state = 'waiting') FROM people_notice WHERE id IN (
    SELECT a.notice_id FROM warning_addressee a JOIN warning_message m ON m.id = a.message_id
    JOIN warning_warning w ON w.id = m.warning_id WHERE w.key = ?) GROUP BY kind"""
_KEY = "a key of more than 16 bytes"
_TEXTS = {
    "description_zh": "预计今晚至明晨安澜县有大到暴雨，局部大暴雨，山洪风险高。",
    "description_en": "Heavy rain is expected tonight, with a high risk of flash floods.",
    "measures_zh": "低洼地带和临河住户立即转移到就近避难场所。",
    "measures_en": "People in low places and near rivers move to the nearest shelter now.",
}


def run() -> Iterator[dict[str, Any]]:
    """The figures."""
    with ExitStack() as stack:
        fresh = stack.enter_context(tempfile.TemporaryDirectory())
        folder = Path(os.environ.get("ANLAN_BENCH_DIR") or fresh)
        for what, seconds in _measured(folder, stack).items():
            yield {
                "name": f"publish_{what}", "value": round(seconds, 2), "unit": "s", "peer": None,
                "peer_value": None, "ratio": None, "cores": os.cpu_count(),
                "date": datetime.now(UTC).date().isoformat(),
            }  # fmt: skip


def _measured(folder: Path, stack: ExitStack) -> dict[str, float]:
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    ports, screen = _far_ends(data, stack)
    url = stack.enter_context(demo(folder))
    _settle_in(data, ports, screen)
    county = stack.enter_context(Plain(url, "county"))
    chief = stack.enter_context(Plain(url, "county-chief"))
    slowest: dict[str, float] = {}
    for _round in range(ROUNDS):
        for what, seconds in _round_of(data, county, chief).items():
            slowest[what] = max(seconds, slowest.get(what, 0.0))
    return slowest


def _round_of(data: Path, county: Plain, chief: Plain) -> dict[str, float]:
    """The seconds of one warning: each step, and from the signature to the last of each way; and
    of the processor what pages, work and senders took meanwhile, whatever else they did, and what
    officers and far ends took."""
    began, cpu_s, far_s = time.time(), _cpu_s(), _far_s()
    county.open("/warnings/new")
    county.send("", event="flood:rainstorm", level="3", region="990101", status="Actual")
    page = county.path.removesuffix("/edit")
    written = time.time()
    county.send("/edit", press="submit", **_TEXTS)
    submitted = time.time()
    chief.open(page)
    chief.send("/approve", password="anlan-demo")  # noqa: S106 - the demo's
    signed = time.time()
    ends = _awaited(data, page.rpartition("/")[2])
    took = {way: max(0.0, end - signed) for way, end in ends.items()}
    steps = {
        "compose": written - began,
        "submit": submitted - written,
        "approve": signed - submitted,
    }
    return {
        **steps, "handover": max(took.values()),
        "whole": sum(steps.values()) + max(took.values()),
        "cpu": _cpu_s() - cpu_s, "cpu_far_ends": _far_s() - far_s,
        **{f"handover_{way}": seconds for way, seconds in took.items()},
    }  # fmt: skip


def _cpu_s() -> float:
    """Of the site's processes that make and send a warning."""
    found = 0.0
    for pid in descendants(os.getpid()):
        with suppress(OSError):
            words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
            if "anlan.site.part" in words and {"web", "work", "mass"} & set(words):
                found += mass._cpu_s(pid)
    return found


def _far_s() -> float:
    """Of the processor: what officers and far ends took."""
    found = time.process_time()
    for pid in descendants(os.getpid()):
        with suppress(OSError):
            if {"aiosmtpd", "bench._sinks"} & set(
                Path(f"/proc/{pid}/cmdline").read_text().split("\0")
            ):
                found += mass._cpu_s(pid)
    return found


def _awaited(data: Path, key: str) -> dict[str, float]:
    """By way the moment at which the last had been taken over by the next hop."""
    until_s = time.monotonic() + PATIENCE_S
    while (found := _ends(data, key)) is None:
        if time.monotonic() > until_s:
            raise RuntimeError("the hand-over does not come to its end")
        time.sleep(0.1)
    missing = {*_BY_NAME, *(f"mass_{way}" for way in mass.WAYS)} - found.keys()
    if missing:
        raise RuntimeError(f"nobody was told by {sorted(missing)}")
    return found


def _ends(data: Path, key: str) -> dict[str, float] | None:
    """The same once all are done, else None."""
    notices, parcels = mass._rows(data, _NOTICES, key), mass._rows(data, _PARCELS, key)
    if not mass._rows(data, _PACKED, key) or any(still for *_, still in [*notices, *parcels]):
        return None
    rows = [*notices, *((f"mass_{way}", at, 0) for way, at, _ in parcels)]
    return {way: datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp() for way, at, _ in rows}


def _far_ends(data: Path, stack: ExitStack) -> tuple[dict[str, int], str]:
    """Starts them, and writes the site's options; the ports of the mass, and the screen."""
    mails, robots = free_port(), Robots(key="k", secret=_KEY)
    _mail_server(mails, stack)
    centre = stack.enter_context(Centre(CmppSpeech("901234", "tried", V3), Phones()))
    stack.enter_context(robots)
    board = stack.enter_context(Board(_KEY.encode()))
    devices = [str(one.attributes["device"]) for one in city_of(data).of_kind("loudspeaker")]
    platform = Platform(Terminals(devices), public=OURS.public, seal=THEIRS, code=PLATFORM)
    door = stack.enter_context(Door(platform))
    broker, _process = mass._broker(data.parent, stack)
    told = {"port": broker, "sessions": 10, "topics": ["anlan/warnings/990101001001"]}
    sinks = {way: mass._Sink(way, told if way == "mqtt" else {}, stack) for way in mass.WAYS}
    ports = {way: sink.port for way, sink in sinks.items()}
    _write_options(data, ports, {
        "smtp_host": "127.0.0.1", "smtp_port": mails, "smtp_security": "none",
        "mail_from": "anlan@demo.invalid", "sms_gateway": f"cmpp://127.0.0.1:{centre.port}",
        "sms_user": "901234", "sms_password": "tried", "sms_sender": "10690000", "sms_rate": 1000,
        "warning_chats": [robots.address(one) for one in ("wecom", "dingtalk", "feishu")],
        "speaker_platform": door.url, "speaker_source": PLATFORM, "speaker_target": PLATFORM,
        "speaker_serial": "0102030405ff", "speaker_secret": "39" * 32, "screen_secret": _KEY,
        "device_private": True,
    })  # fmt: skip
    return ports, board.url


def _mail_server(port: int, stack: ExitStack) -> None:
    """A process of its own, as mail servers are; it takes everything and keeps nothing."""
    words = ["-n", "-c", "aiosmtpd.handlers.Sink", "-l", f"127.0.0.1:{port}"]
    server = subprocess.Popen([sys.executable, "-m", "aiosmtpd", *words])
    stack.callback(server.wait, 30)
    stack.callback(server.terminate)


def _write_options(data: Path, ports: dict[str, int], more: dict[str, Any]) -> None:
    """The options of the mass, of a system that is told, and of the named ways."""
    mass._write_options(data, ports)
    hook = {"warning_webhooks": [f"http://127.0.0.1:{ports['webhook']}/system"]}
    with (data / "anlan.toml").open("a") as file:
        file.writelines(f"{name} = {json.dumps(one)}\n" for name, one in {**hook, **more}.items())


def _settle_in(data: Path, ports: dict[str, int], screen: str) -> None:
    """Subscribers and a screen come to the county."""
    words = ["-c", "import bench.publish as b; b.settle_in()", json.dumps(ports), screen]
    around = {**mass._around(data), "ANLAN_DEMO": "1"}
    subprocess.run([sys.executable, *words], env=around, check=True)


def settle_in() -> None:
    """Makes them, in a process of its own."""
    import django

    django.setup()
    from shapely.geometry import Point

    from anlan.apps.atlas.models import Facility, Region
    from anlan.apps.warning.models import Subscription

    known = [f"{way}{number}" for way in mass.WAYS for number in range(EACH)]
    Subscription.objects.filter(digest__in=known).delete()
    mass.subscribe(EACH, areas=1, ports=json.loads(sys.argv[1]))
    county = Region.objects.standing().get(key="990101")
    spot: Point = county.shape.representative_point()
    Facility.objects.filter(key="screen-1").delete()
    Facility.objects.create(
        key="screen-1", name="广场屏", kind="screen", region="990101", shape=spot,
        device=sys.argv[2], since=county.since,
    )  # fmt: skip
