"""The gateway's process that also speaks the tests' own protocol: `python -m … DATA`."""

import sys
from pathlib import Path

from anlan.live import journal
from anlan.live.gateway.process import serve
from anlan.live.gateway.protocols import MODULES

if __name__ == "__main__":
    MODULES["tiny"] = "tests.pure.gateway.tiny"
    journal.begin("gateway")
    serve(Path(sys.argv[1]))
