"""A document type declaration cut out before anything acts on it.

Nothing of it is resolved: a reference to an entity is nothing, defaults of attributes are not
there, and no address in it is ever seen by the parser. What is left is judged.
"""

import codecs
import re
from typing import NamedTuple

from anlan.terms.errors import Malformed

_MARK = "<!DOCTYPE"
_MARKS = [_MARK.encode(form) for form in ("ascii", "utf-16-le", "utf-16-be")]
_BOMS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
]
_ENCODINGS = (
    "ascii",
    "utf",
    "iso8859",
    "iso2022",
    "cp",
    "gb",
    "hz",
    "big5",
    "euc",
    "shift",
    "koi8",
)
"""How the encodings begin that are decoded: others of Python's are none of texts, and slow."""
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z][\w.-]*)["']""")
_STANDALONE = re.compile(r"""<\?xml[^>]{0,200}?\sstandalone\s*=\s*["']yes["']""")
_OUTSIDE = re.compile(r"<!DOCTYPE\s+[^\s\[>]+\s+(?:SYSTEM|PUBLIC)\s|%[^\s%;]+;")
_NAME = r"(?:[^\W\d]|:)[\w.:\-]*"
_ENTITY = re.compile(rf"<!ENTITY\s+({_NAME})\s")
# What is opened and never closed goes to the end, so that it is looked through only once.
_REFERENCE = re.compile(
    rf"<!\[CDATA\[(?:.*?\]\]>|.*)|<!--(?:.*?-->|.*)|<\?(?:.*?\?>|.*)|&({_NAME});", re.DOTALL
)
_PREDEFINED = frozenset(("lt", "gt", "amp", "apos", "quot"))
_SPACE = re.compile(r"[ \t\r\n]*")
_OUTER, _INNER = re.compile(r"[^\[\"'>]*"), re.compile(r"[^\]\"'<]*")
_PAIRS = (("<!--", "-->"), ("<?", "?>"), ('"', '"'), ("'", "'"))
_OPENERS = tuple(opener for opener, _ in _PAIRS)


class Cut(NamedTuple):
    """A document without its declaration, and the prolog up to its end; both UTF-8.

    Lines keep their numbers.
    """

    document: bytes
    prolog: bytes


def without_doctype(data: bytes) -> Cut | None:
    """A document without what its type declaration says; None where it has none.

    Raises Malformed where it cannot be decoded, or the declaration does not end.
    """
    if not any(mark in data for mark in _MARKS):
        return None
    text = _decoded(data)
    start = _start_of(text)
    if not text.startswith(_MARK, start):
        return None
    end = _end_of(text, start + len(_MARK))
    is_open = _OUTSIDE.search(text, start, end) and not _STANDALONE.match(text)
    # What may be declared elsewhere is not known, so that any name may be.
    names = None if is_open else set(_ENTITY.findall(text, start, end)) - _PREDEFINED
    kept = _without_references(text[end:], names)
    lines = "\n" * text.count("\n", 0, end)
    return Cut((lines + kept).encode(), text[:end].encode())


def _without_references(text: str, names: set[str] | None) -> str:
    """A text without references to entities of these names, or of any name but the predefined."""

    def kept(found: re.Match[str]) -> str:
        name = found[1]
        is_dropped = name not in _PREDEFINED if names is None else name in names
        return "" if name and is_dropped else found[0]

    return _REFERENCE.sub(kept, text)


def _decoded(data: bytes) -> str:
    """The text of a document by its first bytes or by what it declares."""
    declared = _DECLARED.match(data)
    named = declared[1].decode() if declared else "utf-8"
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), named)
    try:
        is_known = len(encoding) < 40 and codecs.lookup(encoding).name.startswith(_ENCODINGS)
        if is_known:
            return data.decode(encoding)
    except (UnicodeError, LookupError) as error:
        raise Malformed(f"it cannot be decoded as {encoding}") from error
    raise Malformed(f"no encoding of texts: {encoding[:40]}")


def _start_of(text: str) -> int:
    """Where the comments, instructions and spaces before the declaration end."""
    at = _past(_SPACE, text, 0)
    while text.startswith(("<!--", "<?"), at):
        at = _past(_SPACE, text, _past_closed(text, at))
    return at


def _end_of(text: str, at: int) -> int:
    """Where the declaration ends, past its internal subset."""
    while not text.startswith(">", at := _past(_OUTER, text, at)):
        at = _past_subset(text, at + 1) if text.startswith("[", at) else _past_closed(text, at)
    return at + 1


def _past_subset(text: str, at: int) -> int:
    """Past the `]` of an internal subset: quotes, comments and instructions may hold one too."""
    while not text.startswith("]", at := _past(_INNER, text, at)):
        is_open = text.startswith(_OPENERS, at) or not text.startswith("<", at)
        at = _past_closed(text, at) if is_open else at + 1
    return at + 1


def _past_closed(text: str, at: int) -> int:
    """Past the comment, instruction or quoted text that begins here; Malformed if it is open."""
    for opener, closer in _PAIRS:
        if text.startswith(opener, at):
            end = text.find(closer, at + len(opener))
            if end >= 0:
                return end + len(closer)
    raise Malformed("its document type declaration does not end")


def _past(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Past what a pattern takes here, which may be nothing."""
    found = pattern.match(text, at)
    return found.end() if found else at
