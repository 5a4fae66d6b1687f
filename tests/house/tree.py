"""The tree of the repository, as the house tests read it."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def files() -> tuple[Path, ...]:
    """Every file that is tracked, or would be: relative to the root, sorted."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    paths = {Path(name) for name in listed.stdout.split("\0") if name}
    return tuple(sorted(path for path in paths if (ROOT / path).is_file()))


def under(folder: str, suffix: str = "") -> list[Path]:
    """The files below a folder that end with suffix."""
    return [p for p in files() if p.is_relative_to(folder) and p.name.endswith(suffix)]


def text(path: Path) -> str:
    """The text of a file, empty when it is not text."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def lines(paths: list[Path] | tuple[Path, ...]) -> Iterator[tuple[str, str]]:
    """Each line with its place, `path:number`."""
    for path in paths:
        for number, line in enumerate(text(path).splitlines(), 1):
            yield f"{path}:{number}", line


def parsed(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(text(path), str(path))
