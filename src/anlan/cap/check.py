"""One document, judged: well-formedness and the schema are the verdict, all else is told beside."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from anlan.cap import sign
from anlan.cap.doubts import doubts_of
from anlan.cap.read import alert_of
from anlan.cap.schema import faults_of, version_of
from anlan.cap.xml.document import Document, children, first_text, parse
from anlan.cap.xml.judge import MOST_TOLD
from anlan.terms.errors import Malformed

VALID, INVALID, MALFORMED = "valid", "invalid", "malformed"
_SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What is found of one document.

    verdict: valid, invalid or malformed · version: 1.0, 1.1, 1.2 or None · identifier … scope:
    as they stand there, trimmed; None where they do not · infos, areas: how many · signature:
    absent, valid, invalid or unchecked · reasons: why it is not valid · warnings: what no
    schema sees (`anlan.cap.doubts`), `dtd`, and what is weak in a signature.
    """

    verdict: str
    version: str | None = None
    identifier: str | None = None
    sender: str | None = None
    sent: str | None = None
    status: str | None = None
    msg_type: str | None = None
    scope: str | None = None
    infos: int = 0
    areas: int = 0
    signed: bool = False
    signature: str = "absent"
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def check(data: bytes, now: datetime | None = None) -> Checked:
    """Judges the bytes of one document; `now`, where given, tells what is expired."""
    try:
        document = parse(data)
    except Malformed as error:
        return unreadable(str(error))
    root = document.root
    reasons = faults_of(document)
    signed = next(root.iter(_SIGNATURE), None) is not None
    signature, weak = sign.judge(data, now) if signed else ("absent", ())
    infos = list(children(root, "info"))
    return Checked(
        verdict=INVALID if reasons else VALID,
        version=version_of(root),
        identifier=first_text(root, "identifier"),
        sender=first_text(root, "sender"),
        sent=first_text(root, "sent"),
        status=first_text(root, "status"),
        msg_type=first_text(root, "msgType"),
        scope=first_text(root, "scope"),
        infos=len(infos),
        areas=sum(1 for info in infos for _ in children(info, "area")),
        signed=signed,
        signature=signature,
        reasons=reasons,
        warnings=(*_doubts(document, now), *weak),
    )


def unreadable(reason: str) -> Checked:
    """The judgement of what cannot be read at all."""
    return Checked(verdict=MALFORMED, reasons=(reason,))


def _doubts(document: Document, now: datetime | None) -> list[str]:
    told = ["dtd"] if document.has_doctype else []
    if etree.QName(document.root).localname == "alert":
        version = version_of(document.root)
        told += _each(doubts_of(alert_of(document), now=now, version=version))
    return told


def _each(doubts: Iterable[str]) -> Iterator[str]:
    """Of each kind the first few, so that many of one kind keep no other back."""
    many: Counter[str] = Counter()
    for doubt in doubts:
        word = doubt.partition(":")[0]
        many[word] += 1
        if many[word] <= MOST_TOLD:
            yield doubt
    yield from (f"{word}: more than {MOST_TOLD}" for word, n in many.items() if n > MOST_TOLD)
