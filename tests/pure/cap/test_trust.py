"""Whether an anchor vouches for the signer: paths, times, and what a certificate may do."""

from datetime import timedelta

import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.cap.sign.certificate import Certificate, certificate_of, doubts
from anlan.terms.errors import Malformed
from tests.pure.cap.papers import NOW, certify, certify_sm2, secret_of

ISSUER = x509.BasicConstraints(ca=True, path_length=None)
LAST_ISSUER = x509.BasicConstraints(ca=True, path_length=0)
USES = [
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
]


def usage(use: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{name: name == use for name in USES})


ROOT_KEY, MIDDLE_KEY, KEY = (secret_of("secp256r1", number) for number in range(1, 4))
ROOT = certify("root", ROOT_KEY, extensions=(ISSUER,))
MIDDLE = certify("middle", MIDDLE_KEY, ("root", ROOT_KEY), extensions=(ISSUER,))
SIGNER = certify("signer", KEY, ("middle", MIDDLE_KEY), extensions=(usage("content_commitment"),))
SM2_ROOT = certify_sm2("根", 101, is_issuer=True)


def test_an_anchor_vouches_along_the_path() -> None:
    assert doubts([SIGNER, MIDDLE], [ROOT], NOW) == ()
    assert doubts([SIGNER, MIDDLE, ROOT], [ROOT], NOW) == ()
    assert doubts([SIGNER], [MIDDLE], NOW) == ()
    assert doubts([SIGNER], [SIGNER], NOW) == ()


def test_without_an_anchor_nobody_vouches() -> None:
    nobody = ("no trusted certificate vouches for CN=signer",)
    assert doubts([SIGNER, MIDDLE, ROOT], [], NOW) == nobody
    assert doubts([SIGNER], [ROOT], NOW) == nobody
    stranger = certify("root", secret_of("secp256r1", 9), extensions=(ISSUER,))
    assert doubts([SIGNER, MIDDLE], [stranger], NOW) == nobody
    assert doubts([], [ROOT], NOW) == ("no certificate says whose key it is",)


def test_each_certificate_of_the_path_must_hold_at_the_time() -> None:
    short = certify("middle", MIDDLE_KEY, ("root", ROOT_KEY), extensions=(ISSUER,), days=10)
    later = NOW + timedelta(days=20)
    assert doubts([SIGNER, short], [ROOT], NOW) == ()
    assert doubts([SIGNER, short], [ROOT], later) == ("not valid on 2026-07-21: CN=middle",)
    assert doubts([SIGNER, short, MIDDLE], [ROOT], later) == ()


@pytest.mark.parametrize(
    "middle",
    [
        certify("middle", MIDDLE_KEY, ("root", ROOT_KEY)),
        certify("middle", MIDDLE_KEY, ("root", ROOT_KEY), extensions=(usage("crl_sign"), ISSUER)),
        certify(
            "middle",
            MIDDLE_KEY,
            ("root", ROOT_KEY),
            extensions=(ISSUER, x509.NameConstraints([x509.DNSName("example.org")], None)),
        ),
    ],
)
def test_who_may_not_issue_vouches_for_nobody(middle: Certificate) -> None:
    assert doubts([SIGNER, middle], [ROOT], NOW) != ()


def test_a_path_longer_than_allowed_vouches_for_nobody() -> None:
    root = certify("root", ROOT_KEY, extensions=(LAST_ISSUER,))
    assert doubts([SIGNER, MIDDLE], [root], NOW) != ()
    assert doubts([MIDDLE], [root], NOW) == ()


def test_a_certificate_for_something_else_does_not_sign() -> None:
    sealed = certify("seal", KEY, ("root", ROOT_KEY), extensions=(usage("key_agreement"),))
    assert doubts([sealed], [ROOT], NOW) == ("not a certificate for signing: CN=seal",)


def test_sm2_certificates_make_a_path_too() -> None:
    root = certify_sm2("根", 101, is_issuer=True)
    middle = certify_sm2("中", 102, ("根", 101), is_issuer=True)
    signer = certify_sm2("沙盘市气象台", 103, ("中", 102))
    assert doubts([signer, middle], [root], NOW) == ()
    assert doubts([signer], [root], NOW) != ()
    assert doubts([certify_sm2("沙盘市气象台", 103, ("根", 102)), root], [root], NOW) != ()


@pytest.mark.parametrize("content", [b"", b"0", b"-----BEGIN CERTIFICATE-----", SIGNER.der[:-9]])
def test_what_is_no_certificate_is_malformed(content: bytes) -> None:
    with pytest.raises(Malformed):
        certificate_of(content)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_a_changed_certificate_is_refused_or_vouches_for_nobody(data: st.DataObject) -> None:
    source = data.draw(st.sampled_from([ROOT, MIDDLE, SIGNER, SM2_ROOT]))
    place = data.draw(st.integers(0, len(source.der) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one != source.der[place]))
    changed = source.der[:place] + bytes([byte]) + source.der[place + 1 :]
    try:
        certificate = certificate_of(changed)
    except Malformed:
        return
    assert doubts([certificate, MIDDLE], [ROOT, SM2_ROOT], NOW) != ()
    assert doubts([SIGNER, certificate], [ROOT], NOW) != ()
