"""The XML of MANSCDP, as a tree of plain values: what is hostile in it stays text or is refused.

No declaration of a document type is read, so nothing can unfold or lead elsewhere.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from lxml import etree

from anlan.terms.errors import Malformed

ROOTS = ("Query", "Response", "Notify", "Control")
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding[ \t]*=[ \t]*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_DECLARATION = re.compile(r"<\?xml[^<>]{0,200}\?>")
_STRAY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")
_CHINESE = {"gb2312", "gbk", "gb18030", "gb-2312", "gb_2312-80", "cp936"}
_MOST_DEPTH, _MOST_MARKS, _MOST_NAMESPACES = 16, 20_000, 50


class Document(NamedTuple):
    """root: its name · tree: what is in it · charset: by which it was read."""

    root: str
    tree: dict[str, Any]
    charset: str


def read_xml(body: bytes) -> Document:
    """A text of MANSCDP. Malformed says why it is none."""
    text, charset = decoded(body.rstrip(b"\0 \r\n\t"))
    text = _DECLARATION.sub("", text.lstrip("\ufeff"), count=1)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Malformed("a document type is declared, which MANSCDP never does")
    if text.count("<") > _MOST_MARKS or text.count("xmlns") > _MOST_NAMESPACES:
        raise Malformed(f"more than {_MOST_MARKS:,} tags, or {_MOST_NAMESPACES} namespaces")
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(_STRAY.sub("&amp;", text).encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Malformed(f"no XML: {str(error)[:120]}") from error
    name = _name(root)
    if name not in ROOTS:
        raise Malformed(f"not MANSCDP: its root is {name[:40]!r}")
    tree = _tree(root, 0)
    return Document(name, tree if isinstance(tree, dict) else {}, charset)


def decoded(body: bytes) -> tuple[str, str]:
    """The text and the charset that it is truly in: many say GB2312 and send UTF-8, or nothing.

    Where nothing is said it is the standard's, GB 2312. But bytes that are UTF-8 throughout, all of
    it Chinese, are hardly ever anything else.
    """
    said = _DECLARED.search(body, 0, 300)
    declared = said[1].decode().lower() if said else ""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    is_chinese = not declared or declared in _CHINESE
    if text and (text.isascii() or not is_chinese or not any("\x80" <= c < "\u2000" for c in text)):
        return text, "GB18030" if text.isascii() and is_chinese else "UTF-8"
    try:
        return body.decode("gb18030"), "GB18030"
    except UnicodeDecodeError as error:
        if text:
            return text, "UTF-8"
        raise Malformed(f"neither UTF-8 nor GB 18030 at byte {error.start}") from error


def _name(element: Any) -> str:
    return str(etree.QName(element).localname)


def _tree(element: Any, depth: int) -> Any:
    """A text, or a table; what stands there more than once is a list."""
    if depth > _MOST_DEPTH:
        raise Malformed(f"nested deeper than {_MOST_DEPTH}")
    told: dict[str, Any] = {str(etree.QName(n).localname): str(v) for n, v in element.items()}
    for child in element:
        name, value = _name(child), _tree(child, depth + 1)
        before = told.get(name)
        if name not in told:
            told[name] = value
        elif isinstance(before, list):
            before.append(value)
        else:
            told[name] = [before, value]
    text = (element.text or "").strip()
    if told and text:
        told.setdefault("text", text)
    return told or text


def write_xml(root: str, pairs: Sequence[tuple[str, Any]], charset: str = "GB2312") -> bytes:
    """A text of MANSCDP; a value may be pairs again, `name attribute="…"` too names one."""
    lines = [f'<?xml version="1.0" encoding="{charset}"?>', f"<{root}>"]
    lines += [_element(name, value) for name, value in pairs]
    text = "\r\n".join([*lines, f"</{root}>", ""])
    return text.encode("gb18030" if charset.lower() in _CHINESE else charset)


def _element(name: str, value: Any) -> str:
    if isinstance(value, str | int | float):
        inside = escape(str(value))
    else:
        inside = "\r\n" + "".join(f"{_element(*one)}\r\n" for one in value)
    return f"<{name}>{inside}</{name.partition(' ')[0]}>"


def listed(value: Any) -> list[Any]:
    """What may stand there once, more than once, or not at all."""
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def text_at(tree: Mapping[str, Any], name: str) -> str | None:
    """A text of a table; None where there is none."""
    value = tree.get(name)
    if isinstance(value, list) and value:
        value = value[0]
    return value if isinstance(value, str) else None
