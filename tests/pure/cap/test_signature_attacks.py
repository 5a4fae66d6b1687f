"""Nobody gets an alert taken for signed that the holder of the key did not sign."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from anlan.cap.sign import judge, verify
from anlan.cap.sign.algorithms import ENVELOPED, EXCLUSIVE, XMLDSIG
from anlan.cap.sign.certificate import doubts
from anlan.cap.sign.write import sign
from anlan.terms.errors import Malformed
from tests.pure.cap.papers import ALERT, NOW, craft, pen

SIGNED = sign(ALERT, pen())
CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
OTHER = ALERT.replace("暴雨".encode(), "地震".encode())


def said(document: bytes) -> list[tuple[str, str]]:
    """Every element outside the signatures, with its text: what could be read."""
    root = etree.fromstring(document, etree.XMLParser(remove_comments=True, remove_pis=True))
    for signature in root.findall(f"{{{XMLDSIG}}}Signature"):
        root.remove(signature)
    return [(str(element.tag), (element.text or "").strip()) for element in root.iter()]


def state_of(document: bytes) -> str:
    try:
        return judge(document, NOW)[0]
    except Malformed:
        return "malformed"


@settings(deadline=None, max_examples=600)
@given(st.integers(0, len(SIGNED) - 1), st.integers(0, 255))
def test_no_byte_can_be_changed_unseen(place: int, byte: int) -> None:
    changed = bytearray(SIGNED)
    changed[place] = byte
    if state_of(bytes(changed)) == "valid":
        assert said(bytes(changed)) == said(SIGNED)


REGIONS = ["identifier", "sender", "status", "event", "urgency", "areaDesc", "SignedInfo"]
REGIONS += ["DigestValue", "SignatureValue", "X509Certificate"]


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_no_region_can_be_changed_unseen(data: st.DataObject) -> None:
    """A changed certificate may still hold the key: then it is not one we trust."""
    region = data.draw(st.sampled_from(REGIONS))
    match = re.search(rb"<(?:ds:)?%s>(.*?)</" % region.encode(), SIGNED, re.DOTALL)
    assert match
    place = data.draw(st.integers(match.start(1), match.end(1) - 5))
    letter = data.draw(st.sampled_from(b"AZaz09").filter(lambda one: one != SIGNED[place]))
    changed = SIGNED[:place] + bytes([letter]) + SIGNED[place + 1 :]
    if state_of(changed) == "valid":
        [judgement] = verify(changed)
        assert region == "X509Certificate"
        assert doubts(judgement.certificates, pen().certificates, NOW) != ()


def test_the_signature_of_another_alert_is_none() -> None:
    stolen = SIGNED[SIGNED.index(b"<ds:Signature") : SIGNED.index(b"</alert>")]
    assert state_of(OTHER.replace(b"</alert>", stolen + b"</alert>")) == "invalid"


@pytest.mark.parametrize("place", ["root", "object", "info"])
def test_the_signed_alert_wrapped_in_another_is_not_valid(place: str) -> None:
    signed = etree.fromstring(SIGNED)
    signature = signed[-1]
    wrapper = etree.fromstring(OTHER)
    if place == "object":
        holder = etree.SubElement(signature, f"{{{XMLDSIG}}}Object")
        holder.append(etree.fromstring(ALERT))
        wrapper.append(signature)
    elif place == "info":
        wrapper[-1].append(signature)
    else:
        wrapper.append(signed)
        wrapper.append(signature)
    assert state_of(etree.tostring(wrapper)) == "invalid"


def test_a_part_that_is_signed_is_not_the_alert() -> None:
    root = etree.fromstring(OTHER)
    part = etree.SubElement(root, f"{CAP}note", {"Id": "part"})
    digested = etree.tostring(part, method="c14n")
    for uri in (
        "#part",
        "#xpointer(/)",
        None,
        "http://example.org/alert.xml",
        "file:///etc/passwd",
    ):
        document = craft(etree.fromstring(etree.tostring(root)), uri=uri, digested=digested)
        assert state_of(document) == "invalid"


XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
XPATH2 = "http://www.w3.org/2002/06/xmldsig-filter2"
XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"


def step(algorithm: str, body: str = "") -> str:
    return f'<Transform Algorithm="{algorithm}">{body}</Transform>'


@pytest.mark.parametrize(
    "transforms",
    [
        "",
        step(EXCLUSIVE),
        step(EXCLUSIVE) + step(ENVELOPED),
        step(ENVELOPED) + step(XPATH, "<XPath>not(ancestor-or-self::info)</XPath>"),
        step(ENVELOPED) + step(XPATH2),
        step(ENVELOPED) + step(XSLT),
        step(ENVELOPED) + step(XMLDSIG + "base64"),
        step(ENVELOPED) + step(EXCLUSIVE) + step(EXCLUSIVE),
        step(ENVELOPED) + step(ENVELOPED),
    ],
)
def test_a_transform_that_could_hide_a_part_is_not_valid(transforms: str) -> None:
    assert state_of(craft(etree.fromstring(ALERT))) == "valid"
    assert state_of(craft(etree.fromstring(ALERT), transforms=transforms)) == "invalid"


def test_two_references_are_not_valid() -> None:
    assert state_of(craft(etree.fromstring(ALERT), references=2)) == "invalid"


def test_a_public_key_is_no_shared_secret() -> None:
    for other in (b"hmac-sha256", b"hmac-sha512", b"rsa-md5"):
        assert state_of(SIGNED.replace(b"rsa-sha256", other)) == "unchecked"
    for other in (b"ecdsa-sha256", b"rsa-sha512"):
        assert state_of(SIGNED.replace(b"rsa-sha256", other)) == "invalid"


def test_a_comment_cannot_cut_a_value() -> None:
    """Comments are not signed: they change nothing, and are refused within what is compared."""
    inside = SIGNED.replace("暴雨</event>".encode(), "暴<!-- -->雨</event>".encode())
    assert inside != SIGNED
    assert state_of(inside) == "valid"
    for name in (b"SignatureValue", b"X509Certificate"):
        opened = b"<ds:%s>" % name
        assert state_of(SIGNED.replace(opened, opened + b"<!-- -->")) == "invalid"


@pytest.mark.parametrize("name", ["SignatureValue", "DigestValue", "X509Certificate"])
@pytest.mark.parametrize("text", ["", "AAA", "*", "AAAA=AAA", "=", "é"])
def test_broken_base64_is_invalid(name: str, text: str) -> None:
    broken = re.sub(
        rb"(<ds:%s>)[^<]*" % name.encode(), lambda m: m[1] + text.encode(), SIGNED, count=1
    )
    assert state_of(broken) == "invalid"


@pytest.mark.parametrize("name", ["SignedInfo", "SignatureValue", "Reference", "DigestValue"])
def test_a_missing_or_doubled_element_is_invalid(name: str) -> None:
    for repeat in (0, 2):
        root = etree.fromstring(SIGNED)
        [element] = list(root.iter(f"{{{XMLDSIG}}}{name}"))
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)
        for _ in range(repeat):
            parent.insert(0, etree.fromstring(etree.tostring(element)))
        assert state_of(etree.tostring(root)) == "invalid"


def test_entities_are_not_resolved_into_what_was_signed() -> None:
    doctype = "<!DOCTYPE alert [<!ENTITY rain '暴雨'>]>".encode()
    body = SIGNED.split(b"?>\n", 1)[-1]
    entity = doctype + body.replace("暴雨</event>".encode(), b"&rain;</event>")
    assert state_of(doctype + body) == "valid"
    assert state_of(entity) == "invalid"


def test_what_would_take_long_is_not_computed() -> None:
    signature = SIGNED[SIGNED.index(b"<ds:Signature") : SIGNED.index(b"</alert>")]
    names = b" ".join(b'xmlns:n%d="urn:%d"' % (number, number) for number in range(200))
    wide = b"<alert " + names + b">" + b"<a/>" * 50_000 + signature + b"</alert>"
    attributes = b" ".join(b'a%d=""' % number for number in range(5_000))
    long = b"<alert " + attributes + b">" + signature + b"</alert>"
    assert state_of(wide) == state_of(long) == "unchecked"
    assert state_of(b"<alert>" + signature * 9 + b"</alert>") == "invalid"
