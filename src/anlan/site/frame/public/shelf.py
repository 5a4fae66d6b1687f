"""Files in memory, read anew when they change, each with the hash of its content.

Ready-made servers of files take size and time from one look and the content from another: for files
that are replaced while they are served, the two do not fit.
"""

import gzip
import hashlib
import os
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path

LATE_MARK = b"<!--late-->"
"""Where a page tells that nothing was written for some minutes."""
TYPES = {
    ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8",
    ".json": "application/json; charset=utf-8", ".svg": "image/svg+xml",
    ".pdf": "application/pdf", ".js": "text/javascript; charset=utf-8",
}  # fmt: skip
POLICY = ("default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
          "base-uri 'none'; frame-ancestors ")  # fmt: skip
_XML = {"cap": "application/cap+xml", "feed": "application/atom+xml",
        "atom.xml": "application/atom+xml", "rss.xml": "application/rss+xml"}  # fmt: skip
_MOST_BYTES, _LITTLE = 64_000_000, 512
_CACHE = b"public, max-age=30, stale-if-error=86400"

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Kept:
    """A file in memory; forms: by encoding, the bytes and their entity tag."""

    seen: tuple[int, ...]
    forms: Mapping[bytes, tuple[bytes, bytes]]
    headers: Headers


class Shelf:
    """The files of a folder, as they are now."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._kept, self._size = str(folder), OrderedDict[tuple[str, str], Kept](), 0

    def get(self, name: str, notice: str = "") -> Kept | None:
        """A file by its name, with a notice put into it where it is a page; None without one."""
        path = f"{self._folder}/{name}"
        try:
            found = os.stat(path)  # noqa: PTH116 - at every request: without a path made anew
        except (OSError, ValueError):
            return None
        seen = (found.st_ino, found.st_size, found.st_mtime_ns)
        key = (name, notice if name.endswith(".html") else "")
        kept = self._kept.get(key)
        if kept is None or kept.seen != seen:
            kept = self._read(key, seen)
        return kept

    def _read(self, key: tuple[str, str], seen: tuple[int, ...]) -> Kept | None:
        path = Path(self._folder, key[0])
        try:
            body = path.read_bytes()
        except OSError:
            return None
        if key[1]:
            body = body.replace(LATE_MARK, key[1].encode(), 1)
        kept = Kept(seen, _forms(body), _headers(key[0], seen[2]))
        self._forget(key)
        self._kept[key] = kept
        self._size += _weight(kept)
        while self._size > _MOST_BYTES and len(self._kept) > 1:
            self._forget(next(iter(self._kept)))
        return kept

    def _forget(self, key: tuple[str, str]) -> None:
        gone = self._kept.pop(key, None)
        self._size -= _weight(gone) if gone else 0


def _weight(kept: Kept) -> int:
    return sum(len(body) for body, _tag in kept.forms.values())


def _forms(body: bytes) -> dict[bytes, tuple[bytes, bytes]]:
    """As it is, and pressed where that is worth it; each form has a tag of its own."""
    digest = hashlib.sha256(body).hexdigest()[:32].encode()
    forms = {b"": (body, b'"%s"' % digest)}
    pressed = gzip.compress(body, 9, mtime=0) if len(body) > _LITTLE else body
    if len(pressed) < len(body):
        forms[b"gzip"] = (pressed, b'"%s-gzip"' % digest)
    return forms


def _headers(name: str, changed_ns: int) -> Headers:
    """What every answer with this file carries."""
    suffix = name[name.rfind(".") :]
    kind = TYPES.get(suffix) or _XML.get(name.split("/")[0], "application/xml")
    headers = [
        (b"content-type", kind.encode()),
        (b"last-modified", formatdate(changed_ns / 1e9, usegmt=True).encode()),
        (b"cache-control", _CACHE),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
    ]
    if suffix != ".html":
        return [*headers, (b"access-control-allow-origin", b"*")]
    is_banner = name.endswith("/banner.html")
    own = [] if is_banner else [(b"x-frame-options", b"DENY")]
    policy = POLICY + ("*" if is_banner else "'none'")
    language = name.split("/")[0].encode()
    return [*headers, *own, (b"content-security-policy", policy.encode()),
            (b"content-language", language)]  # fmt: skip
