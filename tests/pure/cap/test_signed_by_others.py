"""Signatures that other programs made on our alert hold here: SignXML 5.2 and OpenSSL 3.0."""

import base64
from datetime import UTC, datetime
from pathlib import Path

import pytest

from anlan.cap.sign import judge, sm2, verify
from anlan.cap.sign.certificate import certificates_in, doubts
from anlan.cap.sign.keys import Sm2Key, flat

PEERS = Path(__file__).parent / "peers"
NOW = datetime(2027, 1, 1, tzinfo=UTC)
MESSAGE = b"message of openssl"
SIGNATURE = base64.b64decode(
    "MEYCIQDH4eo0xQ/V0mkCJ4WJ/dTOwGR04Op0UbHo0jJAnOuBYAIhAITpfkjwIDwTAaE8QbAbqG0HbuoyUcYyI5N9r30HBNNO"
)


@pytest.mark.parametrize("path", sorted(PEERS.glob("*.xml")), ids=lambda path: path.stem)
def test_a_signature_of_signxml_holds(path: Path) -> None:
    """By RSA and ECDSA, in three canonical forms, with a certificate or a key alone."""
    signed = path.read_bytes()
    assert judge(signed, NOW) == ("valid", ())
    [one] = verify(signed)
    assert bool(one.certificates) == ("certificate" in path.stem)
    assert judge(signed.replace(b">Exercise<", b">Actual<"))[0] == "invalid"


def test_sm2_of_openssl_holds() -> None:
    signer, root = certificates_in((PEERS / "sm2.pem").read_bytes())
    assert doubts([signer], [root], NOW) == ()
    assert doubts([root], [signer], NOW) != ()
    assert isinstance(signer.key, Sm2Key)
    assert sm2.verify(signer.key.point, MESSAGE, flat(SIGNATURE))
    assert not sm2.verify(signer.key.point, MESSAGE + b".", flat(SIGNATURE))
