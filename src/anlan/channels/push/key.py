"""The key that names a site to push services, made once and kept in a file."""

import os
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key

from anlan.channels.push.browser import CURVE, text_of


def made_key(path: Path) -> str:
    """The site's private key, in base64 of the web's kind; made where there is none yet.

    Whoever subscribed is lost with it: browsers take messages of the key that they were given. So
    a file that is empty or damaged is left to people, who may have it in a backup.
    """
    if not kept_key(path):
        fresh = path.with_suffix(f".{os.getpid()}.part")
        fresh.touch(0o600)
        number = generate_private_key(CURVE).private_numbers().private_value
        with fresh.open("w") as file:
            file.write(text_of(number.to_bytes(32)))
            file.flush()
            os.fsync(file.fileno())  # a power cut leaves the whole key or none
        # Of two that make one at the same time, both take the first.
        with suppress(FileExistsError):
            path.hardlink_to(fresh)
        fresh.unlink()
    return kept_key(path)


def kept_key(path: Path) -> str:
    """The same where there is one, else empty."""
    try:
        return path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
