"""What ended unasked since the site was started: said in the log, and kept for the system page."""

import json
import logging
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

_log = logging.getLogger("anlan.site")
_MOST = 100


class Ends:
    """The newest ends of parts; begins with none."""

    def __init__(self, path: Path) -> None:
        self._path, self._guard = path, threading.Lock()
        self._rows: deque[dict[str, str]] = deque(maxlen=_MOST)
        path.unlink(missing_ok=True)

    def of(self, part: str) -> Callable[[str], None]:
        """What hears in a sentence that this part has ended and is started again."""

        def tell(sentence: str) -> None:
            _log.warning("%s", sentence)
            with self._guard, suppress(OSError):  # a full disk must not keep a part from starting
                self._rows.append({"part": part, "at": datetime.now(UTC).isoformat()})
                fresh = self._path.with_suffix(".part")
                fresh.write_text(json.dumps(list(self._rows)))
                fresh.replace(self._path)

        return tell
