"""Calls through Kamailio, registrar and proxy, to telephones that SIPp plays: nobody's is ours."""

import itertools
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from anlan.channels import Fault, Receipt, State
from tests.wire.channels.voice.conftest import Caller, Calls

HERE = Path(__file__).parent
_WHERE = f"{os.environ['PATH']}{os.pathsep}/usr/sbin"
KAMAILIO, SIPP = shutil.which("kamailio", path=_WHERE), shutil.which("sipp", path=_WHERE)
MODULES = next(Path("/usr").glob("lib*/**/kamailio/modules/registrar.so"), Path()).parent
pytestmark = pytest.mark.skipif(
    KAMAILIO is None or SIPP is None, reason="Kamailio and SIPp are not installed"
)
PRESS = '<nop><action><exec play_dtmf="{keys}"/></action></nop><pause milliseconds="400"/>'


def a_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass
class Telephone:
    """One of SIPp's; each has a number of its own."""

    number: str
    process: "subprocess.Popen[bytes]"

    def ended_well(self) -> bool:
        """Whether everything came to it in its place, and nothing else."""
        try:
            return self.process.wait(60) == 0
        finally:
            self.process.kill()
            self.process.wait()


class House:
    """Kamailio, and a telephone of SIPp at a time."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port, self.uri = folder, port, f"sip:127.0.0.1:{port}"
        self._numbers = itertools.count(13800138000)

    def telephone(self, scenario: str, *, keys: str = "") -> Telephone:
        """One that has registered and waits; `scenario`: what it does when it rings."""
        number, own, played = str(next(self._numbers)), a_port(), self.folder / scenario
        assert self._sipp(HERE / "register.xml", number, own).wait(60) == 0
        text = (HERE / scenario).read_text()
        played.write_text(text.replace("KEYS", PRESS.format(keys=keys) if keys else ""))
        sound = ("-mi", "127.0.0.1", "-mp", str(a_port()))
        return Telephone(number, self._sipp(played, number, own, *sound))

    def _sipp(self, scenario: Path, number: str, own: int, *more: str) -> "subprocess.Popen[bytes]":
        assert SIPP is not None
        command = [
            SIPP, "-sf", str(scenario), "-s", number, "-i", "127.0.0.1", "-p", str(own), "-m", "1",
            "-nostdin", "-timeout", "60", *more, f"127.0.0.1:{self.port}",
        ]  # fmt: skip
        nowhere = subprocess.DEVNULL
        return subprocess.Popen(command, stdout=nowhere, stderr=nowhere, cwd=self.folder)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    assert KAMAILIO is not None
    folder, port = tmp_path_factory.mktemp("kamailio"), a_port()
    config = (HERE / "kamailio.cfg").read_text().replace("MODULES", str(MODULES))
    (folder / "kamailio.cfg").write_text(config.replace("PORT", str(port)))
    command = [
        KAMAILIO, "-f", "kamailio.cfg", "-DD", "-E", "-m", "32", "-M", "4",
        "-w", str(folder), "-Y", str(folder),
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        _until_it_answers(port)
        yield House(folder, port)
    finally:
        process.terminate()
        process.wait(60)


def _until_it_answers(port: int) -> None:
    """Kamailio refuses what it does not know, as soon as it listens."""
    ask = (b"OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKw;rport\r\n"
           b"Max-Forwards: 0\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:x>\r\nCall-ID: w\r\n"
           b"CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")  # fmt: skip
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.1)
        for _ in range(100):
            try:
                sock.sendto(ask, ("127.0.0.1", port))
                if sock.recv(2_000):
                    return
            except OSError:
                continue
    raise AssertionError("Kamailio does not answer")


def called(caller: Calls, house: House, telephone: Telephone) -> tuple[Caller, Receipt]:
    one = caller(house.uri, registers=True, pause_s=5.0)
    return one, one.call(telephone.number)


@pytest.mark.skipif(os.geteuid() != 0, reason="SIPp presses keys by a raw socket only")
@pytest.mark.parametrize(
    ("keys", "state", "reason"),
    [("1", State.DELIVERED, ""), ("42", State.ACCEPTED, "picked up, not confirmed")],
)
def test_the_digit_1_confirms_and_no_other(
    house: House, caller: Calls, keys: str, state: State, reason: str
) -> None:
    telephone = house.telephone("picks_up.xml", keys=keys)
    one, receipt = called(caller, house, telephone)
    assert (receipt.state, receipt.reason, one.keys) == (state, reason, keys)
    assert telephone.ended_well()


def test_to_pick_up_does_not(house: House, caller: Calls) -> None:
    telephone = house.telephone("picks_up.xml")
    one, receipt = called(caller, house, telephone)
    assert (receipt.state, receipt.reason) == (State.ACCEPTED, "picked up, not confirmed")
    assert one.keys == ""
    assert telephone.ended_well()


def test_an_engaged_line_is_called_again(house: House, caller: Calls) -> None:
    telephone = house.telephone("busy.xml")
    _, receipt = called(caller, house, telephone)
    assert (receipt.state, receipt.fault, receipt.may_retry) == (State.FAILED, Fault.BUSY, True)
    assert receipt.reason == "the line is busy"
    assert telephone.ended_well()


def test_what_rings_too_long_is_taken_back(house: House, caller: Calls) -> None:
    telephone = house.telephone("rings.xml")
    receipt = caller(house.uri, ring_s=0.8).call(telephone.number)
    assert (receipt.state, receipt.fault) == (State.FAILED, Fault.TIMEOUT)
    assert receipt.reason.startswith("nobody picked up")
    assert telephone.ended_well()


def test_a_number_that_nobody_has_is_told(house: House, caller: Calls) -> None:
    receipt = caller(house.uri).call("13900139000")
    assert receipt.reason == "there is no such number"


def test_a_wrong_password_is_told(house: House, caller: Calls) -> None:
    receipt = caller(house.uri, password="wrong").call()
    assert receipt.reason.startswith("the telephone exchange refuses the login")
