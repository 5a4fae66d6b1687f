"""`anlan sinks sms` as a program of its own: what phones get, and what they answer."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from anlan.channels import Address, State
from anlan.channels.sms import Settings, Sms
from tests.wire.channels.conftest import a_message
from tests.wire.channels.sms.conftest import PHONE, SECRET, USER, clock, eventually

_ANLAN = str(Path(sys.executable).parent / "anlan")


@pytest.mark.parametrize("protocol", ["cmpp", "cmpp2", "smpp"])
def test_a_terminal_plays_the_phones(protocol: str) -> None:
    command = [_ANLAN, "sinks", "sms", "--protocol", protocol, "--port", "0"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as sink:
        assert sink.stderr
        assert sink.stdout
        assert sink.stdin
        gateway = sink.stderr.readline().split()[0]
        sms = Sms(Settings(gateway=gateway, user=USER, password=SECRET), clock=clock)
        try:
            receipt = sms.send(a_message(text="转移"), Address("sms", PHONE), now_ms=clock())
            assert receipt.state is State.ACCEPTED
            got = json.loads(sink.stdout.readline())
            assert (got["to"][-11:], got["text"]) == (PHONE, "转移")
            sink.stdin.write(f"{PHONE} 收到\n")
            sink.stdin.flush()
            assert eventually(lambda: "收到" in [word.text for word in sms.heard(9)])
        finally:
            sms.close()
            sink.terminate()


def test_the_help_teaches() -> None:
    shown = subprocess.run(
        [_ANLAN, "sinks", "sms", "--help"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "sms_gateway" in shown
    assert "--cut-each" in shown
