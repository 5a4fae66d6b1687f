"""How many acts the tasks of the documentation are allowed, and how many they take."""

import re
from pathlib import Path

DOC = Path(__file__).parents[3] / "docs" / "reference" / "tasks.md"
ROW = re.compile(r"^\| (\d+) \|.*\| (\d+) \| (\d+) \|", re.MULTILINE)
COUNTED = {int(task): (int(most), int(acts)) for task, most, acts in ROW.findall(DOC.read_text())}


def check(task: int, acts: int) -> None:
    """The acts are those of the documentation, which are no more than allowed."""
    most, told = COUNTED[task]
    assert acts <= most
    assert acts == told
