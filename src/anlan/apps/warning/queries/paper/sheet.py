"""Makes the sheet of a message in one language: as PDF, tagged and archivable, or as a picture.

The same bytes, language and address give the same file, whenever and by whom it is made; another
version of the typesetter or of the words around the message may set it otherwise.
"""

import json
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

from anlan.apps.warning.queries.paper.words import info_in, words_of
from anlan.cap.message import moment_of
from anlan.cap.read import read

_FORM = Path(__file__).parent / "notice.typ"
_PPI = 110.0
_BEGINNING = datetime(1980, 1, 1, tzinfo=UTC)


@cache
def fonts() -> typst.Fonts:
    """The one face that the sheets are set in; none of the machine's own."""
    folder = Path(pylopdf_fonts_zh_cn.__file__).parent
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]
    )


def speaks(xml: bytes, language: str) -> bool:
    """Whether a message has a part in zh or en."""
    return info_in(read(xml), language) is not None


def pdf_of(xml: bytes, language: str, *, address: str = "") -> bytes:
    """The sheet to print, A4, as PDF/A-2a and PDF/UA-1.

    xml: a frozen message · language: zh or en, KeyError where it does not speak it · address:
    where the public reads it, told in words and as a QR code; empty for nowhere.
    """
    made = _compiler(xml, language, address=address, is_paged=True).compile(
        format="pdf", pdf_standards=["a-2a", "ua-1"], timestamp=_sent(xml)
    )
    return _whole(made)


def png_of(xml: bytes, language: str, *, address: str = "") -> bytes:
    """The same sheet as one picture, as high as its text needs."""
    made = _compiler(xml, language, address=address, is_paged=False).compile(format="png", ppi=_PPI)
    return _whole(made)


def _compiler(xml: bytes, language: str, *, address: str, is_paged: bool) -> typst.Compiler:
    told = words_of(read(xml), language, address=address)
    told["foot"] = {"identifier": read(xml).identifier, "digest": sha256(xml).hexdigest()}
    given = {"it": json.dumps(told, ensure_ascii=False), "paged": "yes" if is_paged else "no"}
    return typst.Compiler(
        _FORM.read_bytes(), font_paths=fonts(), ignore_system_fonts=True, sys_inputs=given
    )


def _sent(xml: bytes) -> datetime:
    """When the message was sent, as the date of the file: no clock has a part in it."""
    return moment_of(read(xml).sent) or _BEGINNING


def _whole(made: bytes | list[bytes] | None) -> bytes:
    """The file; a picture is one page."""
    return made[0] if isinstance(made, list) else made or b""
