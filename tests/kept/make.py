"""Keeps a small site of this version, for every later one to open: `python -m tests.kept.make`.

At a release, once: it writes `VERSION.tar.xz` (a backup, and the loop's snapshot) and
`VERSION.json` (what is in it) beside this file. What is kept is never made again: a later
version that cannot open it is at fault, not the file.
"""

import datetime
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from anlan import __version__

HERE = Path(__file__).parent
_AT = datetime.datetime(2025, 7, 22, tzinfo=datetime.UTC)


def main() -> None:
    """Makes the two files; ends with a sentence where they are there."""
    target = HERE / f"{__version__}.tar.xz"
    if target.exists():
        sys.exit(f"{target} is kept; a new one is made for a new version only")
    with tempfile.TemporaryDirectory() as folder:
        data, copy = Path(folder) / "data", Path(folder) / "backup"
        _live(data)
        _back_up(data, copy)
        command = [sys.executable, "-m", "tests.kept.told", str(data)]
        said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        with tarfile.open(target, "w:xz", preset=9) as tar:
            tar.add(copy, "backup", filter=_plain)
            tar.add(data / "live" / "snapshot", "live/snapshot", filter=_plain)
    target.with_name(f"{__version__}.json").write_text(_folded(said), "utf-8")
    print(f"{target}: {target.stat().st_size:,} bytes; now read {__version__}.json")  # noqa: T201 - for who makes it


def _live(data: Path) -> None:
    (data / "desk").mkdir(parents=True)
    (data / "anlan.toml").write_text('name = "安澜县"\n', "utf-8")
    os.environ |= {"ANLAN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "anlan.site.settings"}
    from anlan.site.crew.prepare import prepare

    prepare()
    from tests.kept.story import fill

    fill(data)


def _back_up(data: Path, copy: Path) -> None:
    from anlan.site.crew.backup import back_up

    at = _AT.isoformat(timespec="seconds")
    back_up(data, copy, database="", at=at, progress=lambda share: None)


def _folded(said: str) -> str:
    """JSON with each of its innermost lists on a line of its own, for people to read."""
    return re.sub(r"\[[^][{}]+\]", lambda found: re.sub(r"\n\s*", " ", found[0]), said)


def _plain(one: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without anything of who made it, and when."""
    one.uid = one.gid = 0
    one.uname = one.gname = ""
    one.mtime = int(_AT.timestamp())
    return one


if __name__ == "__main__":
    main()
