"""`anlan sinks voice`: the channel calls the command as typed."""

import json
import subprocess
import sys
from pathlib import Path
from threading import Thread

from anlan.channels import State
from tests.wire.channels.voice.conftest import LOGIN, NUMBER, Calls


def test_a_telephone_rings_is_picked_up_and_tells_it(caller: Calls) -> None:
    anlan, pipe = str(Path(sys.executable).parent / "anlan"), subprocess.PIPE
    command = [anlan, "sinks", "voice", "--port", "0", "--for", "60", "--slow", "50",
               "--user", LOGIN.user, "--password", LOGIN.password]  # fmt: skip
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stderr is not None
        assert process.stdin is not None
        assert process.stdout is not None
        uri = process.stderr.readline().split()[0]
        process.stdin.write(f"{NUMBER} 2\n")  # before it rings: nobody can pick up
        process.stdin.flush()
        assert "does not ring" in process.stderr.readline()
        one = caller(uri, ring_s=20.0)
        found = []
        thread = Thread(target=lambda: found.append(one.call()))
        thread.start()
        assert json.loads(process.stdout.readline())["state"] == "ringing"
        process.stdin.write(f"{NUMBER} 1\n")
        process.stdin.flush()
        thread.join(20)
        process.terminate()
        told = [json.loads(line)["state"] for line in process.stdout]
    assert found[0].state is State.DELIVERED
    assert told[0] == "picked up"
