"""What a signature says of its key: certificates, or a key alone.

It serves to check the arithmetic and nothing more: anyone can put a key into a message. Whose
key it is, the certificate's path to an anchor says (`certificate.doubts`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree

from anlan.cap.sign.algorithms import XMLDSIG
from anlan.cap.sign.certificate import Certificate, certificate_of
from anlan.cap.sign.form import bytes_of, child
from anlan.cap.sign.keys import PublicKey, public_key, rsa_key
from anlan.terms.errors import Malformed, OutOfRange

XMLDSIG11 = "http://www.w3.org/2009/xmldsig11#"
CERTIFICATES = 8

CURVES: dict[str, ec.EllipticCurve] = {
    "urn:oid:1.2.840.10045.3.1.7": ec.SECP256R1(),
    "urn:oid:1.3.132.0.34": ec.SECP384R1(),
    "urn:oid:1.3.132.0.35": ec.SECP521R1(),
}


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys that may have signed, the certificates' first; then the keys that stand alone."""

    certificates: tuple[Certificate, ...] = ()
    alone: tuple[PublicKey, ...] = ()


def keys_of(signature: etree._Element) -> Keys:
    """The keys in a ds:Signature; none where it names none.

    Raises Malformed for one that is broken, OutOfRange where all are of unknown kinds.
    """
    places = signature.findall(f"{{{XMLDSIG}}}KeyInfo")
    if len(places) > 1:
        raise Malformed("more than one KeyInfo")
    found = [e for place in places for e in place.iter(f"{{{XMLDSIG}}}X509Certificate")]
    if len(found) > CERTIFICATES:
        raise Malformed(f"more than {CERTIFICATES} certificates")
    certificates = tuple(certificate_of(bytes_of(element)) for element in found)
    return Keys(certificates, tuple(key for place in places for key in _alone(place)))


def _alone(place: etree._Element) -> Iterator[PublicKey]:
    readers: dict[str, Callable[[etree._Element], PublicKey]] = {
        f"{{{XMLDSIG}}}RSAKeyValue": _rsa,
        f"{{{XMLDSIG11}}}ECKeyValue": _ec,
        f"{{{XMLDSIG11}}}DEREncodedKeyValue": lambda element: public_key(bytes_of(element)),
    }
    for tag, read in readers.items():
        element = next(place.iter(tag), None)
        if element is not None:
            yield read(element)


def _rsa(element: etree._Element) -> PublicKey:
    return rsa_key(bytes_of(child(element, "Modulus")), bytes_of(child(element, "Exponent")))


def _ec(element: etree._Element) -> PublicKey:
    named = element.find(f"{{{XMLDSIG11}}}NamedCurve")
    point = element.find(f"{{{XMLDSIG11}}}PublicKey")
    if named is None or point is None or named.get("URI") not in CURVES:
        raise OutOfRange("a key on a curve that is not known here")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(
            CURVES[named.get("URI", "")], bytes_of(point)
        )
    except ValueError as error:
        raise Malformed(f"the key cannot be read: {error}") from error
