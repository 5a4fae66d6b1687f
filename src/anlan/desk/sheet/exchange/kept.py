"""Files between their check and their confirmation, by the digest of their content."""

import hashlib
import os
import time
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _

from anlan.desk.asker import Asker
from anlan.terms.errors import Malformed, Refused

_SALT, _HOLDS_S = "anlan.desk.import", 3600


class Ticket(NamedTuple):
    """What is confirmed: a file, by whom and for which sheet, and what it would do."""

    digest: str
    name: str
    counts: list[int]


def keep(content: bytes) -> str:
    """Stores a file; its digest. What was kept for more than an hour is let go."""
    folder = _folder()
    _tidy(folder)
    digest = hashlib.sha256(content).hexdigest()
    path = folder / digest
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(content)
    fresh.replace(path)
    return digest


def kept(digest: str) -> bytes:
    """The content of a file; Refused where it is there no longer, or not as it was."""
    try:
        content = (_folder() / digest).read_bytes()
    except OSError as error:
        raise _gone() from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise _gone()
    return content


def ticket(asker: Asker, sheet: str, what: Ticket) -> str:
    """What goes with the page of the check and comes back with the confirmation."""
    return signing.dumps([asker.key, sheet, *what], salt=_SALT, compress=True)


def ticket_of(asker: Asker, sheet: str, text: str) -> Ticket:
    """The ticket of a confirmation; Refused where it is another's, or too old."""
    try:
        who, which, *rest = signing.loads(text, salt=_SALT, max_age=_HOLDS_S)
        found = Ticket(*rest)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise _gone() from error
    if (who, which) != (asker.key, sheet):
        raise _gone()
    return found


def uploaded(file: Any) -> bytes:
    """The content of an uploaded file; Malformed where there is none, or it is too large."""
    if file is None or not file.size:
        raise Malformed(_("Choose a file."))
    most = settings.PLACE.options.upload_bytes
    if file.size > most:
        raise Malformed(_("The file is larger than %(most)s MB.") % {"most": most // 1_000_000})
    return bytes(file.read())


def _gone() -> Refused:
    return Refused(_("This check is too old. Check the file again; nothing was changed."))


def _folder() -> Path:
    folder = settings.PLACE.data / "desk" / "imports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Path(folder)


def _tidy(folder: Path) -> None:
    old = time.clock_gettime(time.CLOCK_REALTIME) - _HOLDS_S
    for path in folder.iterdir():
        try:
            if path.stat().st_mtime < old:
                path.unlink()
        except OSError:
            continue  # somebody else was quicker
