"""A file of the folder `ways` that is wrong stops itself alone, says where, and begins once it is
mended: a real process, a real Modbus server, a real OPC UA server."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from anlan.live.gateway.store import Intake
from anlan.live.ways.settings import folder_of, ways_in
from anlan.live.ways.told import file_of
from anlan.site.cli import main
from tests.wire.opcua_server import plant
from tests.wire.test_modbus import serving

MODBUS = """# the pumps
[modbus]
host = "127.0.0.1"
port = {port}
period_s = 0.2

[[read]]
device = "pump"
[read.values]
running = {{ at = 12, bit = 3 }}
level = {{ at = {at} }}
"""
TANK = """[opcua]
url = "opc.tcp://127.0.0.1:{port}"
[[read]]
device = "tank"
values = {{ level = {{ at = "ns=2;s=Tank2.Level" }} }}
"""
WRONG = "[[read]] 1 level: at must be the number of a register"


def told(data: Path) -> dict[str, dict[str, Any]]:
    """How the ways do, by name."""
    path = file_of(data)
    rows = json.loads(path.read_text())["listeners"] if path.exists() else []
    return {one["name"]: one for one in rows}


@asynccontextmanager
async def at_work(data: Path, shadow: Path) -> AsyncIterator[subprocess.Popen[bytes]]:
    """The process of the ways, which finds modules in a folder before it finds them elsewhere."""
    words = [sys.executable, "-m", "anlan.live.ways.process", str(data)]
    process = subprocess.Popen(words, env=os.environ | {"PYTHONPATH": str(shadow)})
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, 60) == 0
    finally:
        process.kill()
        process.wait()


async def comes(data: Path, *names: str) -> None:
    """Returns when something has come by each of these."""
    async with asyncio.timeout(120):
        while not all(told(data).get(one, {}).get("frames") for one in names):
            await asyncio.sleep(0.05)


@pytest.mark.timeout(300)
def test_a_wrong_file_and_a_missing_library_stop_only_themselves(tmp_path: Path) -> None:
    data, ways, shadow = tmp_path, folder_of(tmp_path), tmp_path / "shadow"
    ways.mkdir()
    shadow.mkdir()
    (shadow / "asyncua.py").write_text("raise ModuleNotFoundError('no asyncua here')\n")

    async def scene(port: int, tank: int) -> None:
        (ways / "pumps.toml").write_text(MODBUS.format(port=port, at=0))
        (ways / "pumps-2.toml").write_text(MODBUS.format(port=port, at='"40001"'))
        (ways / "tank.toml").write_text(TANK.format(port=tank))
        async with at_work(data, shadow) as process:
            await comes(data, "modbus:pumps")
            still = {name: one["trouble"] for name, one in told(data).items() if one["trouble"]}
            assert WRONG in still["ways/pumps-2.toml"]
            assert "(line 11)" in still["ways/pumps-2.toml"]
            assert "pip install 'anlan[opcua]'" in still["ways/tank.toml"]
            (ways / "pumps-2.toml").write_text(MODBUS.format(port=port, at=1))
            (ways / "pumps-3.toml").write_text(MODBUS.format(port=port, at=10))
            (shadow / "asyncua.py").unlink()
            await comes(data, "modbus:pumps-2", "modbus:pumps-3", "opcua:tank")
            assert not any(one.get("is_wrong") for one in told(data).values())
            assert process.poll() is None

    async def served(tank: int) -> None:
        async with serving() as port:
            await scene(port, tank)

    with plant(tmp_path) as server:
        asyncio.run(served(server.port))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[modbus]\nhost = "a"\n\nport = "b"\n', 4),
        ('[modbus]\nhost = "a"\nhots = 1\n', 3),
        ('# pumps\n[modbus]\nport = 502\n', 2),
        ('[modbus]\nhost = "a"\n[[read]]\ndevice = "x"\nvalues = { v = { at = 0 } }\n'
         '[[read]]\ndevice = "y"\nunit = 900\nvalues = { v = { at = 0 } }\n', 8),
        ('[modbus]\nhost = "a"\n[[read]]\ndevice = "x"\nvalues = { v = { at = 0, odd = 1 } }\n', 5),
        ('[modbus]\nhost = "a\n', 2),
    ],
)  # fmt: skip
def test_the_line_is_named(tmp_path: Path, text: str, line: int) -> None:
    folder_of(tmp_path).mkdir()
    (folder_of(tmp_path) / "pumps.toml").write_text(text)
    (one,) = ways_in(tmp_path, lambda: Intake(tmp_path)).mapped
    assert one.why.startswith("ways/pumps.toml")
    assert f"line {line}" in one.why, one.why


def test_commands_name_what_is_wrong_and_go_on(tmp_path: Path) -> None:
    folder_of(tmp_path).mkdir()
    (folder_of(tmp_path) / "pumps.toml").write_text(MODBUS.format(port=1, at=0))
    (folder_of(tmp_path) / "pumps-2.toml").write_text(MODBUS.format(port=1, at=70_000))
    checked = CliRunner().invoke(main, ["ways", "--data", str(tmp_path), "--check"])
    assert (checked.exit_code, checked.stdout) == (1, "modbus:pumps\n")
    assert "ways/pumps-2.toml [[read]] 1 level: there is no register 70000" in checked.stderr
    looked = CliRunner().invoke(main, ["doctor", "--data", str(tmp_path)])
    assert "✓ readings also come by modbus:pumps\n" in looked.stdout
    assert "✗ ways/pumps-2.toml [[read]] 1 level" in looked.stdout
    assert "→ mend the file, it is read again soon" in looked.stdout
