"""What happens in the demo: history, then a rainstorm at each start; remembered in its folder."""

import json
from pathlib import Path

from anlan.sandtable.city.story.script import Script, demo

SEED, SIZE = 99, "S"
DAY_MS = 86_400_000
FIRST_RAIN_MS = 10_000
"""From a start to the first minute of its storm: the reader shall see it come."""


def script_of(data: Path, now: int | None = None) -> Script:
    """The script of a data folder; a new start (ms UTC) is added to it."""
    path = data / "sandtable" / "starts.json"
    try:
        starts = [int(start) for start in json.loads(path.read_text())]
    except (OSError, ValueError, TypeError):
        starts = []
    if now is not None:
        starts = [*(start for start in starts if start < now), now + FIRST_RAIN_MS]
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(starts))
        part.replace(path)
    return demo(starts[0], tuple(starts), SEED)
