"""What is signed holds: each kind of key, several signers, moved and written again."""

import base64
import re
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from anlan.cap.read import read
from anlan.cap.sign import judge, verify
from anlan.cap.sign.algorithms import XMLDSIG
from anlan.cap.sign.certificate import doubts
from anlan.cap.sign.pen import pen_of
from anlan.cap.sign.write import sign
from anlan.terms.errors import Malformed, Refused
from tests.pure.cap.papers import ALERT, NOW, pem_of, pen, secret_of

KINDS = ["rsa", "secp256r1", "secp384r1", "secp521r1", "sm2"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_signed_alert_is_valid(kind: str) -> None:
    signed = sign(ALERT, pen(kind))
    assert judge(ALERT, NOW) == ("absent", ())
    assert judge(signed, NOW) == ("valid", ())
    assert sign(ALERT, pen(kind)) == signed
    [judgement] = verify(signed)
    assert doubts(judgement.certificates, [pen(kind).certificates[0]], NOW) == ()


def test_several_offices_sign_in_any_order() -> None:
    for first, second, third in (("rsa", "sm2", "secp256r1"), ("sm2", "secp256r1", "rsa")):
        signed = sign(sign(sign(ALERT, pen(first)), pen(second)), pen(third))
        assert judge(signed, NOW) == ("valid", ())
        assert [f.certificates[0] for f in verify(signed)] == [
            pen(kind).certificates[0] for kind in (first, second, third)
        ]


def test_a_signature_taken_away_leaves_the_others() -> None:
    signed = sign(sign(ALERT, pen("rsa")), pen("sm2"))
    root = etree.fromstring(signed)
    root.remove(root[-2])
    assert judge(etree.tostring(root), NOW) == ("valid", ())


@pytest.mark.parametrize("kind", KINDS)
def test_it_holds_in_another_encoding_and_out_of_a_feed(kind: str) -> None:
    signed = sign(ALERT, pen(kind))
    again = etree.tostring(etree.fromstring(signed), encoding="UTF-16")
    assert judge(again, NOW) == ("valid", ())
    body = signed.split(b"?>", 1)[1]
    feed = etree.fromstring(
        b'<feed xmlns="urn:f" xmlns:g="urn:g"><entry>' + body + b"</entry></feed>"
    )
    assert judge(etree.tostring(feed[0][0], with_tail=False), NOW) == ("valid", ())


def test_a_certificate_out_of_its_time_is_told() -> None:
    signed = sign(ALERT, pen())
    told = "untimely: certificate valid from 2025-07-01 to 2027-07-01"
    assert judge(signed, NOW + timedelta(days=400)) == ("valid", (told,))
    assert judge(signed, NOW - timedelta(days=400)) == ("valid", (told,))
    assert judge(signed) == ("valid", ())


def test_without_a_key_only_the_digest_is_checked() -> None:
    bare = re.sub(rb"<ds:KeyInfo>.*</ds:KeyInfo>", b"", sign(ALERT, pen()))
    assert judge(bare, NOW) == ("unchecked", ("signature: no key stands in it",))
    assert judge(bare.replace(b"Exercise", b"Actual"), NOW)[0] == "invalid"
    assert [f.state for f in verify(bare, pen().certificates)] == ["valid"]
    assert [f.state for f in verify(bare, pen("rsa", 1).certificates)] == ["invalid"]


def test_one_that_does_not_hold_decides_for_all() -> None:
    bare = re.sub(rb"<ds:KeyInfo>.*</ds:KeyInfo>", b"", sign(ALERT, pen()))
    assert judge(sign(bare, pen("sm2")), NOW)[0] == "unchecked"
    wrong = re.sub(rb"<ds:SignatureValue>....", b"<ds:SignatureValue>AAAA", sign(ALERT, pen()))
    assert judge(sign(wrong, pen("sm2")), NOW)[0] == "invalid"


def test_what_must_not_be_signed_is_refused() -> None:
    with pytest.raises(Refused, match="document type"):
        sign(b"<!DOCTYPE alert [<!ENTITY a 'b'>]><alert>&a;</alert>", pen())
    with pytest.raises(Malformed):
        sign(b"<alert>", pen())
    with pytest.raises(Refused, match="certificate"):
        pen_of(pem_of(secret_of("rsa")), ())
    with pytest.raises(Refused, match="not that of the certificate"):
        pen_of(pem_of(secret_of("rsa")), pen("secp256r1").certificates)
    with pytest.raises(Malformed, match="private key"):
        pen_of(b"nothing", pen().certificates)


def test_what_is_read_is_what_was_signed() -> None:
    """No part of a message is read out of a signature, whatever stands there."""
    signed = sign(sign(ALERT, pen("rsa")), pen("sm2"))
    assert read(signed) == read(ALERT)
    root = etree.fromstring(sign(ALERT, pen("rsa")))
    holder = etree.SubElement(root[-1], f"{{{XMLDSIG}}}Object")
    holder.append(etree.fromstring(ALERT.replace("暴雨".encode(), "地震".encode())))
    stuffed = etree.tostring(root)
    assert judge(stuffed, NOW) == ("valid", ())
    assert read(stuffed) == read(ALERT)


def test_a_key_of_an_unknown_kind_is_passed_over() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    builder = x509.CertificateBuilder(x509.Name([]), x509.Name([]), key.public_key(), 1)
    builder = builder.not_valid_before(NOW).not_valid_after(NOW + timedelta(days=1))
    other = base64.b64encode(builder.sign(key, None).public_bytes(Encoding.DER))
    signed = sign(ALERT, pen())
    opened = b"<ds:X509Data>"
    both = signed.replace(opened, opened + b"<ds:X509Certificate>%s</ds:X509Certificate>" % other)
    assert judge(both, NOW) == ("valid", ())
    alone = re.sub(rb"(<ds:X509Certificate>)[^<]*", rb"\g<1>" + other, signed)
    assert judge(alone, NOW)[0] == "unchecked"
