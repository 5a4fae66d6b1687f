"""Our schemas and those of OASIS judge alike: real messages, and thousands made from them."""

import copy
import random
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from anlan.cap.schema import NAMESPACES, VERSIONS, faults_of
from anlan.cap.xml.document import parse

SHARED = Path(__file__).resolve().parents[3] / "shared/data"
OASIS = SHARED / "protocols/cap"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"
DSIG = "http://www.w3.org/2000/09/xmldsig#"
MUTANTS_EACH = 250

TEXTS = [
    "",
    " ",
    "x",
    "Actual",
    " Actual ",
    "actual",
    "Draft",
    "Public",
    "Very Likely",
    "Observed",
    "CBRNE",
    "AllClear",
    "zh-CN",
    "zh_CN",
    "-1.5",
    "1e3",
    " 12 ",
    "+7",
    "http://a/ b",
    "http://[",
    "%zz",
    "a b\tc\nd",
    "2026-07-01T08:00:00+08:00",
    " 2026-07-01T08:00:00-00:00\n",
    "2026-07-01T08:00:00Z",
    "2026-07-01T08:00:00",
    "2026-07-01T08:00:00.5+08:00",
    "2026-07-01T24:00:00+08:00",
    "2026-02-30T08:00:00+08:00",
    "2026-07-01T08:00:00+15:00",
    "-2026-07-01T08:00:00+08:00",
    "12026-07-01T08:00:00+08:00",
    "2026-07-01T08:00:00,08:00",
    "２026-07-01T08:00:00+08:00",
]


def samples() -> list[Path]:
    """Every file there that is a CAP message of a known version."""
    found: dict[bytes, Path] = {}
    for path in sorted([*OASIS.glob("*"), *SHARED.glob("04_standards/cap/**/*")]):
        if path.suffix not in (".cap", ".xml"):
            continue
        try:
            name = etree.QName(etree.parse(path).getroot())
        except etree.XMLSyntaxError:
            continue
        if name.localname == "alert" and name.namespace in VERSIONS:
            found[path.read_bytes()] = path
    return list(found.values())


@cache
def theirs(version: str) -> etree.XMLSchema:
    path = OASIS / f"cap{version.replace('.', '')}.xsd"
    if not path.exists():
        pytest.skip(f"{path.name} is not here (../shared/data/protocols/cap)")
    return etree.XMLSchema(etree.parse(path))


def they_say(data: bytes) -> bool:
    root = etree.fromstring(data)
    namespace = etree.QName(root).namespace or ""
    return namespace in VERSIONS and theirs(VERSIONS[namespace]).validate(root)


def we_say(data: bytes) -> bool:
    return not faults_of(parse(data))


def drop(one: etree._Element, rng: random.Random) -> None:
    parent = one.getparent()
    if parent is not None:
        parent.remove(one)


def double(one: etree._Element, rng: random.Random) -> None:
    if one.getparent() is not None:
        one.addnext(copy.deepcopy(one))


def swap(one: etree._Element, rng: random.Random) -> None:
    following = one.getnext()
    if following is not None and one.getparent() is not None:
        following.addnext(one)


def retext(one: etree._Element, rng: random.Random) -> None:
    one.text = rng.choice(TEXTS)


def retail(one: etree._Element, rng: random.Random) -> None:
    if one.getparent() is not None:
        one.tail = rng.choice([" \n", "x", "\u3000", ""])


def give_attribute(one: etree._Element, rng: random.Random) -> None:
    name, value = rng.choice(
        [
            ("a", "1"),
            ("{urn:other}a", "1"),
            ("{http://www.w3.org/XML/1998/namespace}lang", "zh"),
            (f"{{{XSI}}}nil", rng.choice(["true", "false"])),
            (f"{{{XSI}}}type", rng.choice(["xs:string", "xs:dateTime", "xs:token", "cap:pair"])),
            (f"{{{XSI}}}schemaLocation", "urn:other other.xsd"),
            (f"{{{XSI}}}noNamespaceSchemaLocation", "other.xsd"),
        ]
    )
    one.set(name, value)


def give_child(one: etree._Element, rng: random.Random) -> None:
    own = etree.QName(one).namespace
    name = rng.choice(
        ["x", "value", "valueName", "category", "scope", "info", "language", "mimeType", "password"]
    )
    spaces = [own, own, own, None, "urn:other", DSIG, *NAMESPACES.values()]
    child = etree.Element(etree.QName(rng.choice(spaces), name))
    child.text = rng.choice(TEXTS)
    one.insert(rng.randrange(len(one) + 1), child)


def sign(one: etree._Element, rng: random.Random) -> None:
    signature = etree.SubElement(one, f"{{{DSIG}}}Signature")
    own = etree.QName(one).namespace
    inner = etree.SubElement(
        signature, etree.QName(rng.choice([own, DSIG, None]), rng.choice(["value", "Object"]))
    )
    etree.SubElement(inner, etree.QName(own, rng.choice(["alert", "value", "x"])))


def rename(one: etree._Element, rng: random.Random) -> None:
    if one.getparent() is not None:
        name = rng.choice(["x", "value", "note", "Status", etree.QName(one).localname])
        one.tag = etree.QName(rng.choice([etree.QName(one).namespace, None, DSIG]), name).text


def comment(one: etree._Element, rng: random.Random) -> None:
    aside = etree.Comment("x") if rng.random() < 0.5 else etree.PI("x")
    one.insert(rng.randrange(len(one) + 1), aside)


CHANGES: list[Callable[[etree._Element, random.Random], None]] = [
    drop,
    double,
    swap,
    retext,
    retext,
    retext,
    retail,
    give_attribute,
    give_child,
    sign,
    rename,
    comment,
]


def mutants(data: bytes, count: int) -> Iterator[bytes]:
    """Changed once or twice each; every third is taken for another version of CAP."""
    rng = random.Random(len(data))
    for number in range(count):
        text = data
        if number % 3 == 0:
            was = (etree.QName(etree.fromstring(data)).namespace or "").encode()
            text = data.replace(was, rng.choice(list(NAMESPACES.values())).encode())
        root = etree.fromstring(text)
        for _ in range(rng.choice([0, 1, 1, 1, 2])):
            rng.choice(CHANGES)(rng.choice(list(root.iter(etree.Element))), rng)
        yield etree.tostring(root).replace(
            b"<alert ", b'<alert xmlns:xs="%s" xmlns:cap="urn:x" ' % XSD.encode(), 1
        )


@pytest.mark.parametrize("path", samples(), ids=lambda path: path.name)
def test_schemas_judge_as_those_of_oasis(path: Path) -> None:
    data = path.read_bytes()
    assert we_say(data) == they_say(data)
    verdicts = [(they_say(one), we_say(one), one) for one in mutants(data, MUTANTS_EACH)]
    assert not [one for theirs, ours, one in verdicts if theirs != ours]
    assert False in {theirs for theirs, _, _ in verdicts}


def test_there_is_something_to_compare() -> None:
    if not OASIS.is_dir():
        pytest.skip("the messages are not here (../shared/data/protocols/cap)")
    assert {VERSIONS[etree.QName(etree.parse(p).getroot()).namespace or ""] for p in samples()} == {
        "1.0",
        "1.1",
        "1.2",
    }
