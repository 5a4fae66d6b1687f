"""The tar of a document, its signature and its sound: packed, and opened in memory alone."""

import io
import re
import tarfile
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from anlan.channels.speaker.ebd.document import opened, written
from anlan.channels.speaker.ebd.signature import Seal, is_signed, signed
from anlan.channels.speaker.ebd.words import Audio, Head, Kind
from anlan.terms.errors import Malformed

MOST_BYTES, MOST_MEMBERS = 24_000_000, 16
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,120}")


@dataclass(frozen=True, slots=True)
class Package:
    """An opened package. sound: other files by name · is_trusted: signed by the key asked for."""

    head: Head
    kind: Kind
    body: etree._Element
    sound: dict[str, bytes]
    is_trusted: bool


def packed(
    head: Head, kind: Kind, body: etree._Element, *, seal: Seal | None, audio: Audio | None = None
) -> bytes:
    """The tar of a document, with its signature where somebody seals it."""
    document = written(head, kind, body)
    files = {f"EBDB_{head.id}.xml": document}
    if seal is not None:
        files[f"EBDS_EBDB_{head.id}.xml"] = signed(document, seal, related=head.id, at=head.at)
    if audio is not None:
        files[audio.name] = audio.data
    kept = io.BytesIO()
    with tarfile.open(fileobj=kept, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in files.items():
            tar.addfile(_entry(name, len(data), head.at), io.BytesIO(data))
    return kept.getvalue()


def _entry(name: str, size: int, at: datetime) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime = size, int(at.timestamp())
    return entry


def unpacked(data: bytes, public: bytes | None) -> Package:
    """What is in a tar; is_trusted is false without a key or a signature.

    Raises Malformed for what is no package, passes a limit or bears a signature that fails.
    """
    files = _files(data)
    names = [name for name in files if name.startswith("EBDB_")]
    if len(names) != 1:
        raise Malformed(f"a package holds one document, here are {len(names)}")
    document = files.pop(names[0])
    signature = files.pop(f"EBDS_{names[0]}", None)
    head, kind, body = opened(document)
    is_trusted = public is not None and signature is not None
    if public is not None and signature is not None and not is_signed(document, signature, public):
        raise Malformed("the signature does not hold", where=names[0])
    return Package(head, kind, body, files, is_trusted)


def _files(data: bytes) -> dict[str, bytes]:
    if len(data) > MOST_BYTES:
        raise Malformed(f"longer than {MOST_BYTES} bytes")
    files: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as tar:
            for entry in tar:
                is_plain = entry.isreg() and not entry.issparse()
                if not is_plain or not _NAME.fullmatch(entry.name) or entry.name in files:
                    raise Malformed(f"not a file of a package: {entry.name[:60]!r}")
                if len(files) == MOST_MEMBERS:
                    raise Malformed(f"more than {MOST_MEMBERS} files")
                opened_file = tar.extractfile(entry)
                files[entry.name] = opened_file.read() if opened_file else b""
    except (tarfile.TarError, OSError, ValueError, EOFError, OverflowError) as error:
        raise Malformed(f"not a tar: {error}") from error
    return files
