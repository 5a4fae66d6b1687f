"""A small basin in files, and the replay command run on them as a person would."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from anlan.site.cli.replay import command

SENSORS = """sensor,quantity,object,name,lon,lat,interval_s
bridge,water_level,upper reach,Stone Bridge,110.1,30.2,600
旧坝 [3#],water_level,旧坝,旧坝水尺,110.2,30.3,600
"""
LIMITS = """sensor,level,value,direction,deadband,valid_from,valid_to,source
bridge,yellow,4.0,high,0.1,,,notice 12
bridge,orange,5.0,high,0.1,,,notice 12
旧坝 [3#],red,2.0,low,0.5,,,调度令
"""
READINGS = """sensor,time,value
bridge,2026-07-01T03:30:00Z,3.80
bridge,2026-07-01T03:40:00Z,4.00
bridge,2026-07-01T03:50:00Z,4.30
旧坝 [3#],2026-07-01 11:50:00+08:00,2.2
旧坝 [3#],2026-07-01 12:00:00+08:00,2.0
bridge,2026-07-01T04:20:00Z,5.00
bridge,2026-07-01T04:30:00Z,4.95
bridge,2026-07-01T04:40:00Z,4.85
旧坝 [3#],1782880800000,2.6
bridge,2026-07-01T05:10:00Z,3.88
"""


@dataclass
class Ran:
    """What a run left: exit status, both streams, changes and summary."""

    status: int
    stderr: str
    changes: list[dict[str, Any]] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)

    @property
    def told(self) -> list[tuple[str, str | None, str | None]]:
        """(kind, from, to) of every change of level."""
        return [
            (c["kind"], c["from"], c["to"])
            for c in self.changes
            if c["kind"] not in ("stale", "fresh")
        ]


class Basin:
    """The files of one replay; write over them, then run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("sensors.csv", SENSORS)
        self.write("limits.csv", LIMITS)
        self.write("readings.csv", READINGS)

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def readings(self, *rows: str, head: str = "sensor,time,value") -> None:
        """Writes the readings of a CSV file."""
        self.write("readings.csv", "\n".join([head, *rows, ""]))

    def run(self, *options: str, readings: str = "readings.csv", pack: str = "flood") -> Ran:
        """Runs `anlan replay`; reads what it wrote when it succeeded."""
        out, summary = self.folder / "changes.ndjson", self.folder / "summary.json"
        arguments = [str(self.folder / readings), "--pack", pack, "--out", str(out)]
        arguments += ["--sensors", str(self.folder / "sensors.csv")]
        arguments += ["--limits", str(self.folder / "limits.csv"), "--summary", str(summary)]
        result = CliRunner().invoke(command, [*arguments, *options])
        assert result.exception is None or isinstance(result.exception, SystemExit), (
            result.exception
        )
        if result.exit_code != 0:
            return Ran(result.exit_code, result.stderr)
        changes = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        return Ran(0, result.stderr, changes, json.loads(summary.read_text(encoding="utf-8")))


@pytest.fixture
def basin(tmp_path: Path) -> Basin:
    return Basin(tmp_path)
