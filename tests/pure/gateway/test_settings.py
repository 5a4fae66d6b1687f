"""`gateway.toml`: what is wrong in it is told with the file, the listener and the setting."""

from pathlib import Path

import pytest

from anlan.live.gateway.protocols import MODULES
from anlan.live.gateway.settings import listeners_in
from anlan.terms.errors import Malformed

HEAD = '[[listener]]\nprotocol = "tiny"\n'
CALLED = '[[listener]]\nprotocol = "iec104"\n'


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MODULES, "tiny", "tests.pure.gateway.tiny")


def test_what_is_not_said_has_a_default(tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text(
        f"{HEAD}port = 9001\nidle_s = 60\n{HEAD}port = 9002\nzone = 'Asia/Tokyo'\n"
        "sensors = { 'a.level' = 'weir' }\naddresses = ['10.0.0.0/8']"
    )
    one, two = listeners_in(tmp_path, ["tiny"])
    assert (one.bind, one.idle_s, one.name) == ("127.0.0.1", 60.0, "tiny:9001")
    assert str(two.way.zone) == "Asia/Tokyo"
    assert two.sensors == {"a.level": "weir"}


@pytest.mark.parametrize(
    ("connect", "target"),
    [
        ("10.0.0.1", ("10.0.0.1", 2404)),
        ("rtu.example:19998", ("rtu.example", 19998)),
        ("[fd00::1]:2405", ("fd00::1", 2405)),
        ("[fd00::1]", ("fd00::1", 2404)),
    ],
)
def test_a_far_end_is_called_at_its_port(
    tmp_path: Path, connect: str, target: tuple[str, int]
) -> None:
    (tmp_path / "gateway.toml").write_text(f"{CALLED}connect = '{connect}'")
    (one,) = listeners_in(tmp_path)
    assert one.target == target
    assert one.name == f"iec104:{target[0]}:{target[1]}"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("[[listener]]\nport = 1", "[[listener]] 1: needs protocol"),
        ('[[listener]]\nprotocol = "abc"', "there is no protocol 'abc'"),
        (HEAD, "port must be a number from 1 to 65535"),
        (f"{HEAD}port = '1'", "port must be a whole number"),
        (f"{HEAD}port = 1\n{HEAD}port = 1", "[[listener]] 2: port 1 is listened on already"),
        (f"{HEAD}port = 1\npotr = 2", "there is no setting 'potr'"),
        (f"{HEAD}port = 1\nzone = 'Mars'", "zone 'Mars' is neither"),
        (f"{HEAD}port = 1\nidle_s = 0", "idle_s must be a number above 0"),
        (f"{HEAD}port = 1\nudp = true", "udp: tiny is not spoken over UDP"),
        (f"{HEAD}port = 1\ncertificate = 'a.pem'", "certificate and key belong together"),
        (f"{HEAD}port = 1\ncertificate = 'a'\nkey = 'b'", "certificate, key or authority cannot"),
        (f"{HEAD}port = 1\naddresses = ['ten']", "addresses are not right"),
        (f"{HEAD}port = 1\nsensor = 'x'", "sensor must hold {device} and {quantity}"),
        (f"{HEAD}port = 1\nsensors = {{ a = 1 }}", "sensors must be a table"),
        (CALLED, "connect must be named: devices of iec104 wait to be called"),
        (f"{CALLED}connect = 'a b'", "connect is not right (HOST or HOST:PORT)"),
        (f"{CALLED}connect = '10.0.0.1:99999'", "connect is not right"),
        (f"{CALLED}connect = 'a'\nwords = {{ k = 0 }}", "words are not right"),
        (f"{CALLED}connect = 'a'\n{CALLED}connect = 'a:2404'", "2: a:2404 is called already"),
        (f"{HEAD}port = 1\nauthority = 'ca.pem'", "authority"),
        ("listener = 1", "needs at least one [[listener]]"),
        ("[[listener]\n", "line 1"),
        ("", "needs at least one [[listener]]"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, wrong: str, told: str) -> None:
    (tmp_path / "gateway.toml").write_text(wrong)
    with pytest.raises(Malformed) as error:
        listeners_in(tmp_path)
    assert told in str(error.value)
    assert str(tmp_path / "gateway.toml") in str(error.value)
