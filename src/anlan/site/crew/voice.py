"""How all processes of a site speak: set by the first of them, which the others follow."""

import os
import time
from pathlib import Path

from anlan.live import journal
from anlan.site.options import FILE, Options, read


def speak(part: str, form: str | None, data: Path | None = None) -> None:
    """Lets this process and those that it starts speak in one form, in the site's time zone.

    form: as it was asked for here; without it, and once there is a data folder, that of the
    settings file. Raises Malformed naming what is wrong in that file.
    """
    options = read(data / FILE) if data else Options()
    os.environ[journal.FORM] = form or options.log_format
    if data:
        os.environ["TZ"] = options.time_zone
        time.tzset()
    journal.begin(part)
