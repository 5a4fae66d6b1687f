"""The schemas of CAP 1.0, 1.1 and 1.2: which version a document is of, and what it breaks."""

from functools import cache
from importlib import resources

from lxml import etree

from anlan.cap.xml.document import Document, short
from anlan.cap.xml.judge import differs

NAMESPACES = {
    "1.0": "http://www.incident.com/cap/1.0",
    "1.1": "urn:oasis:names:tc:emergency:cap:1.1",
    "1.2": "urn:oasis:names:tc:emergency:cap:1.2",
}
VERSIONS = {namespace: version for version, namespace in NAMESPACES.items()}
ROOT = "alert"


def version_of(root: etree._Element) -> str | None:
    """1.0, 1.1 or 1.2 by the namespace of the root; None for another."""
    return VERSIONS.get(etree.QName(root).namespace or "")


def faults_of(document: Document) -> tuple[str, ...]:
    """What the schema of its version finds wrong in a document, one sentence each; none if valid.

    A root that is no alert, or of an unknown namespace, is a fault as well.
    """
    name, version = etree.QName(document.root), version_of(document.root)
    if name.localname != ROOT:
        return (f"the root is {short(name.localname)}, not {ROOT}: no CAP message",)
    if name.namespace is None:
        return ("no namespace: of no version of CAP",)
    if version is None:
        return (f"the namespace {short(name.namespace)} is of no version of CAP",)
    count, told = differs(document, _schema(version))
    rest = count - len(told)
    return (*told, f"and {rest} more") if rest > 0 else tuple(told)


@cache
def _schema(version: str) -> etree.XMLSchema:
    text = resources.files(__name__).joinpath(f"cap-{version}.xsd").read_bytes()
    return etree.XMLSchema(etree.fromstring(text))
