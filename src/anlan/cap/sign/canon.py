"""The document as it is signed: its signatures, itself without them, its canonical bytes."""

import copy
from collections.abc import Iterable
from typing import NamedTuple

from lxml import etree

from anlan.cap.sign.algorithms import EXCLUSIVE, INCLUSIVE, INCLUSIVE_11, WITH_COMMENTS, XMLDSIG
from anlan.cap.xml.document import Document
from anlan.terms.errors import Malformed

SIGNATURE = f"{{{XMLDSIG}}}Signature"
ATTRIBUTES, SIGNATURES = 64, 8
"""The most attributes of an element, and signatures of a document, that are looked at."""

WEIGHT, BYTES_AS_ONE = 200_000, 150
"""The most that is computed for a document: for each signature its elements, the namespaces known
to each, and a 150th of its bytes. A canonical form costs about 3 µs for each."""


class Canon(NamedTuple):
    """A canonical form: exclusive or not, and the prefixes that an exclusive one keeps.

    Comments count in what stands in the signature itself, never in the document: a reference
    to the whole document leaves them out.
    """

    exclusive: bool = False
    comments: bool = False
    prefixes: tuple[str, ...] = ()


def canon_of(step: etree._Element) -> Canon | None:
    """The canonical form that an element names; None for another algorithm."""
    name = step.get("Algorithm", "")
    kept = step.find(f"{{{EXCLUSIVE}}}InclusiveNamespaces")
    prefixes = tuple(kept.get("PrefixList", "").split()) if kept is not None else ()
    for base in (INCLUSIVE, INCLUSIVE_11, EXCLUSIVE):
        if name in (base, WITH_COMMENTS[base]):
            return Canon(base == EXCLUSIVE, name != base, prefixes if base == EXCLUSIVE else ())
    return None


def is_heavy(document: Document, signatures: int) -> bool:
    """Whether the canonical forms for so many signatures would cost too much time."""
    weight = len(document.data) // BYTES_AS_ONE
    for element in document.root.iter(etree.Element):
        weight += 1 + len(element.nsmap)
        if weight * signatures > WEIGHT or len(element.attrib) > ATTRIBUTES:
            return True
    return False


def signatures_of(tree: etree._ElementTree) -> list[etree._Element]:
    """The signatures of the document: those that stand directly in its root.

    Raises Malformed where one stands elsewhere (it would sign what is not read), or where they
    are too many.
    """
    found = tree.getroot().findall(SIGNATURE)
    if len(found) > SIGNATURES:
        raise Malformed(f"more than {SIGNATURES} signatures")
    if sum(1 for _ in tree.iter(SIGNATURE)) != len(found):
        raise Malformed("a signature does not stand directly in the root of the document")
    return found


def without(tree: etree._ElementTree, numbers: Iterable[int]) -> etree._ElementTree:
    """A copy without the signatures of those numbers, from 0; the text around them stays."""
    bare = copy.deepcopy(tree)
    root = bare.getroot()
    signatures = root.findall(SIGNATURE)
    for signature in [signatures[number] for number in numbers]:
        before, tail = signature.getprevious(), signature.tail or ""
        if before is None:
            root.text = (root.text or "") + tail
        else:
            before.tail = (before.tail or "") + tail
        signature.tail = None
        root.remove(signature)
    return bare


def canonical(tree: etree._ElementTree, canon: Canon) -> bytes:
    """The canonical bytes of a whole document; Malformed where there are none."""
    try:
        return etree.tostring(
            tree,
            method="c14n",
            exclusive=canon.exclusive,
            with_comments=canon.comments,
            inclusive_ns_prefixes=list(canon.prefixes) or None,
        )
    except (etree.C14NError, ValueError) as error:
        raise Malformed(f"the document has no canonical form: {error}") from error


def canonical_part(part: etree._Element, canon: Canon) -> bytes:
    """The canonical bytes of one element, with the namespaces it has from those above it.

    It is written out and read again first: lxml forgets namespaces of deeper elements when it
    canonicalises within a document.
    """
    alone = etree.fromstring(etree.tostring(part, with_tail=False))
    return canonical(alone.getroottree(), canon)
