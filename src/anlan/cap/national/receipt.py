"""The acknowledgement file 回执: whether a message was taken.

Known from one public client only: its three fields, 0 as success, and one name. The name of its
root and all else is unverified; any root is read.
"""

from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from anlan.cap.national.identifier import Identifier, digits_of
from anlan.cap.xml.document import children, parse, text_of
from anlan.terms.errors import Malformed
from anlan.terms.places import is_region

source = "one public client of the 12379 interface"
unverified = "the root's name, the error codes, the digits after the time in the file's name"

TAKEN = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to one message: its status, 0 where it was taken, and why not."""

    status: int
    error_code: str = ""
    note: str = ""

    @property
    def is_taken(self) -> bool:
        return self.status == TAKEN


def write_receipt(receipt: Receipt) -> bytes:
    """The answer as XML in UTF-8, the same bytes for the same value."""
    root = etree.Element("ack")
    values = (receipt.status, receipt.error_code, receipt.note)
    for name, value in zip(("status", "error_code", "note"), values, strict=True):
        etree.SubElement(root, name).text = str(value) or None
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def read_receipt(data: bytes) -> Receipt:
    """The answer in a document; Malformed for one without a status in digits."""
    root = parse(data).root
    found = {
        name: text_of(child).strip()
        for name in ("status", "error_code", "note")
        for child in children(root, name)
    }
    status = found.get("status", "")
    if not (status.isascii() and status.isdigit() and len(status) < 10):
        raise Malformed(f"not a status: {status[:40]!r}", where="status")
    return Receipt(int(status), found.get("error_code", ""), found.get("note", ""))


def receipt_name(identifier: Identifier, giver: str, asker: str, at: datetime) -> str:
    """The name of the answer's file.

    giver, asker: regions of who answers and who asked, six digits · at: when, aware. Malformed
    for other regions.
    """
    if not (is_region(giver) and is_region(asker) and len(giver) == len(asker) == 6):
        raise Malformed(f"regions of six digits are asked for: {giver}, {asker}")
    milliseconds = at.microsecond // 1000
    number = f"{identifier.number or 0:07}"
    stem = f"{identifier.unit}_{digits_of(identifier.entered_at)}{number}"
    return f"{stem}_{giver}-AMP_{asker}-OTH_{digits_of(at)}{milliseconds:03}_AI-1_0.xml"
