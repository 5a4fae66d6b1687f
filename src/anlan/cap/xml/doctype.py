"""A document type declaration cut out before anything acts on it.

Nothing of it is resolved: a reference to an entity is nothing, defaults of attributes are not
there, and no address in it is ever seen by the parser. What is left is judged. Only the name of a
namespace may be said by an entity: without its namespaces a document would be another one.
"""

import codecs
import re
from collections.abc import Mapping
from functools import cache, partial
from typing import NamedTuple

from lxml import etree

from anlan.terms.errors import Malformed

FORMS = ("ascii", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
"""How the letters of marks stand in the bytes of a document, whatever its encoding."""

_MARK = "<!DOCTYPE"
_MARKS = [_MARK.encode(form) for form in FORMS]
_BOMS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
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
    "mac",
    "tis",
)
"""How the encodings begin that are decoded: others of Python's are none of texts, and slow."""
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z][\w.-]*)["']""")
_STANDALONE = re.compile(r"""<\?xml[^>]{0,200}?\sstandalone\s*=\s*["']yes["']""")
_OUTSIDE = re.compile(r"<!DOCTYPE\s+[^\s\[>]+\s+(?:SYSTEM|PUBLIC)\s|%[^\s%;]+;")
_NAME = r"(?:[^\W\d]|:)[\w.:\-]*"
_ENTITY = re.compile(rf"""<!ENTITY\s+({_NAME})\s+(?:"([^"]*)"|'([^']*)')?""")
_REMARK = re.compile(r"""("[^"]*"|'[^']*')|<!--.*?-->|<\?.*?\?>""", re.DOTALL)
_LITERAL = re.compile(r""""[^"]*"|'[^']*'""")
# What is opened and never closed goes to the end, so that it is looked through only once.
_REFERENCE = re.compile(
    rf"<!\[CDATA\[(?:.*?\]\]>|.*)|<!--(?:.*?-->|.*)|<\?(?:.*?\?>|.*)"
    rf"""|(\sxmlns(?::[\w.\-]*)?\s*=\s*(?:"[^"<]*"|'[^'<]*'))|&({_NAME});""",
    re.DOTALL,
)
_ASKED = re.compile(rf"&({_NAME});")
_MOST_NAMED, _NAMING = 200, frozenset("&%<\"'")
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
    said = _REMARK.sub(lambda found: found[1] or " ", text[start:end])
    is_open = _OUTSIDE.search(_LITERAL.sub('""', said)) and not _STANDALONE.match(text)
    kept = _without_references(text[end:], _entities(said), is_open=bool(is_open))
    lines = "\n" * text.count("\n", 0, end)
    return Cut((lines + kept).encode(), text[:end].encode())


def _entities(said: str) -> dict[str, str]:
    """The entities that are declared, each with its first text; empty for one from elsewhere."""
    found = [(one[1], one[2] or one[3] or "") for one in _ENTITY.finditer(said)]
    return {name: text for name, text in reversed(found) if name not in _PREDEFINED}


def _without_references(text: str, entities: Mapping[str, str], *, is_open: bool) -> str:
    """A text without references to these entities; is_open: nor to any that is not predefined.

    Of what may be declared elsewhere the names are not known.
    """

    def kept(found: re.Match[str]) -> str:
        if found[1]:
            return _ASKED.sub(partial(named, names=_names_of(entities)), found[0])
        return named(found, {}) if found[2] else found[0]

    def named(found: re.Match[str], names: Mapping[str, str]) -> str:
        name = found[found.lastindex or 0]
        is_dropped = name in entities or (is_open and name not in _PREDEFINED)
        return names.get(name, "") if is_dropped else found[0]

    return _REFERENCE.sub(kept, text)


def _names_of(entities: Mapping[str, str]) -> dict[str, str]:
    """Those of which the text can be the name of a namespace, and asks for nothing itself."""
    return {
        name: text
        for name, text in entities.items()
        if len(text) <= _MOST_NAMED and _NAMING.isdisjoint(text)
    }


def _decoded(data: bytes) -> str:
    """The text of a document by its first bytes or by what it declares."""
    declared = _DECLARED.match(data)
    named = declared[1].decode() if declared else "utf-8"
    told = next((name for bom, name in _BOMS if data.startswith(bom)), None)
    encoding = told or named
    try:
        if told or _is_known(named):
            return data.decode(encoding)
    except (UnicodeError, LookupError) as error:
        raise Malformed(f"it cannot be decoded as {encoding}") from error
    raise Malformed(f"no encoding of texts: {encoding[:40]}")


@cache
def _is_known(encoding: str) -> bool:
    """Whether it is an encoding of texts, to the parser too. Raises LookupError."""
    if len(encoding) >= 40 or not codecs.lookup(encoding).name.startswith(_ENCODINGS):
        return False
    try:
        etree.fromstring(f'<?xml version="1.0" encoding="{encoding}"?><x/>'.encode())
    except etree.XMLSyntaxError:
        return False
    return True


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
