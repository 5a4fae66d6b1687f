"""Alerts, keys and certificates for the tests of signatures; all are made here."""

import base64
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from anlan.cap.sign import der, sm2
from anlan.cap.sign.algorithms import ENVELOPED, INCLUSIVE, RSA_SHA256, SHA256, XMLDSIG
from anlan.cap.sign.certificate import Certificate, certificate_of
from anlan.cap.sign.pen import Pen, pen_of

NOW = datetime(2026, 7, 1, tzinfo=UTC)
ALERT = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>99010041600000_20260701080000_0</identifier>
  <sender>沙盘市气象台</sender>
  <sent>2026-07-01T08:00:00+08:00</sent>
  <status>Exercise</status><msgType>Alert</msgType><scope>Public</scope>
  <info><language>zh-CN</language><category>Met</category><event>暴雨</event>
    <urgency>Expected</urgency><severity>Severe</severity><certainty>Likely</certainty>
    <headline>沙盘市气象台发布暴雨橙色预警</headline>
    <area><areaDesc>沙盘市</areaDesc></area></info>
</alert>
""".encode()

Secret = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def secret_of(kind: str, number: int = 0) -> Secret:
    """A key that stays the same within a run: rsa, secp256r1, secp384r1 or secp521r1."""
    return _secret_of(kind, number)


def pen(kind: str = "rsa", number: int = 0) -> Pen:
    """A signer that stays the same, with a certificate of its own: rsa, sm2 or a curve."""
    return _pen(kind, number)


@cache
def _secret_of(kind: str, number: int) -> Secret:
    if kind == "rsa":
        return rsa.generate_private_key(65537, 2048)
    curves = {"secp256r1": ec.SECP256R1(), "secp384r1": ec.SECP384R1(), "secp521r1": ec.SECP521R1()}
    return ec.generate_private_key(curves[kind])


def certify(
    subject: str,
    secret: Secret,
    issuer: tuple[str, Secret] | None = None,
    *,
    extensions: tuple[x509.ExtensionType, ...] = (),
    days: int = 365,
) -> Certificate:
    """A certificate that begins a year before NOW and ends `days` after it."""
    above, key = issuer or (subject, secret)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(above))
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=365))
        .not_valid_after(NOW + timedelta(days=days))
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    return certificate_of(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER))


def certify_sm2(
    subject: str, secret: int, issuer: tuple[str, int] | None = None, *, is_issuer: bool = False
) -> Certificate:
    """The same for an SM2 key: a certificate on P-256 whose curve, key and method are changed."""
    above, key = issuer or (subject, secret)
    stand_in = secret_of("secp256r1")
    assert isinstance(stand_in, ec.EllipticCurvePrivateKey)
    basic = x509.BasicConstraints(ca=is_issuer, path_length=None)
    model = certify(subject, stand_in, (above, stand_in), extensions=(basic,)).opened
    numbers = stand_in.public_key().public_numbers()
    old = b"\x04" + numbers.x.to_bytes(32) + numbers.y.to_bytes(32)
    method_der = bytes.fromhex("2a8648ce3d040302"), bytes.fromhex("2a811ccf55018375")
    body = model.tbs_certificate_bytes.replace(*method_der).replace(old, sm2.public_of(secret))
    body = body.replace(bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2a811ccf5501822d"))
    signature = sm2.sign(key, body)
    r, s = (_der(der.INTEGER, b"\x00" + half) for half in (signature[:32], signature[32:]))
    method = _der(der.SEQUENCE, _der(der.NAME, method_der[1]))
    bits = _der(der.BITS, b"\x00" + _der(der.SEQUENCE, _trim(r) + _trim(s)))
    return certificate_of(_der(der.SEQUENCE, body + method + bits))


def pem_of(secret: Secret) -> bytes:
    return secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def pem_of_sm2(secret: int) -> bytes:
    """As EC PRIVATE KEY, with the curve's name in it."""
    curve = _der(der.FIRST, _der(der.NAME, bytes.fromhex("2a811ccf5501822d")))
    number = _der(der.INTEGER, b"\x01") + _der(der.OCTETS, secret.to_bytes(32))
    text = base64.encodebytes(_der(der.SEQUENCE, number + curve)).decode()
    return f"-----BEGIN EC PRIVATE KEY-----\n{text}-----END EC PRIVATE KEY-----\n".encode()


@cache
def _pen(kind: str, number: int) -> Pen:
    if kind == "sm2":
        secret = 0x1234567890ABCDEF + number
        return pen_of(pem_of_sm2(secret), (certify_sm2(f"sm2 {number}", secret),))
    key = secret_of(kind, number)
    return pen_of(pem_of(key), (certify(f"{kind} {number}", key),))


def craft(
    root: etree._Element,
    *,
    uri: str | None = "",
    transforms: str = f'<Transform Algorithm="{ENVELOPED}"/>',
    digested: bytes | None = None,
    references: int = 1,
) -> bytes:
    """A document with a signature whose arithmetic holds, for any reference to anything.

    digested: what the reference is the digest of; the whole document where not given.
    """
    content = (
        digested if digested is not None else etree.tostring(root.getroottree(), method="c14n")
    )
    place = "" if uri is None else f' URI="{uri}"'
    reference = (
        f"<Reference{place}><Transforms>{transforms}</Transforms>"
        f'<DigestMethod Algorithm="{SHA256}"></DigestMethod>'
        f"<DigestValue>{_text(sha256(content).digest())}</DigestValue></Reference>"
    )
    signed = (
        f'<SignedInfo xmlns="{XMLDSIG}"><CanonicalizationMethod Algorithm="{INCLUSIVE}"/>'
        f'<SignatureMethod Algorithm="{RSA_SHA256}"/>{reference * references}</SignedInfo>'
    )
    message = etree.tostring(etree.fromstring(signed), method="c14n")
    key = secret_of("rsa")
    assert isinstance(key, rsa.RSAPrivateKey)
    value = _text(key.sign(message, padding.PKCS1v15(), hashes.SHA256()))
    certificate = _text(pen().certificates[0].der)
    root.append(
        etree.fromstring(
            f'<Signature xmlns="{XMLDSIG}">{signed}<SignatureValue>{value}</SignatureValue>'
            f"<KeyInfo><X509Data><X509Certificate>{certificate}</X509Certificate></X509Data>"
            "</KeyInfo></Signature>"
        )
    )
    return etree.tostring(root.getroottree(), encoding="UTF-8")


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _der(tag: int, body: bytes) -> bytes:
    size = len(body)
    length = bytes([size]) if size < 128 else bytes([0x82]) + size.to_bytes(2)
    return bytes([tag]) + length + body


def _trim(integer: bytes) -> bytes:
    """The shortest form of a positive DER integer."""
    body = integer[2:].lstrip(b"\x00") or b"\x00"
    return _der(der.INTEGER, b"\x00" + body if body[0] & 0x80 else body)
