"""Runs the benches: `python -m bench [NAME]`, one JSON line a figure.

Each module of this folder with a `run()` is a bench; its figures carry name, value, unit, peer,
peer_value, ratio, cores and date. A bench that cannot run here says why on stderr.
"""

import importlib
import json
import pkgutil
import sys
from pathlib import Path


def main(only: str) -> int:
    """Prints the figures of the benches whose name is asked for, or of all."""
    names = [m.name for m in pkgutil.iter_modules([str(Path(__file__).parent)])]
    names = [name for name in names if not name.startswith("_") and only in ("", name)]
    if not names:
        print(f"no such bench: {only}", file=sys.stderr)
        return 2
    for name in names:
        module = importlib.import_module(f"bench.{name}")
        for figure in module.run():
            print(json.dumps(figure, ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
