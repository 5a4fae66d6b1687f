"""How a line to a server is secured, and who we are on it."""

from pathlib import Path

from asyncua import ua
from asyncua.client.client import Client
from asyncua.crypto import uacrypto
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from anlan.connectors.opcua.map import Link
from anlan.terms.errors import Malformed

_MODES = {
    "sign": ua.MessageSecurityMode.Sign, "encrypt": ua.MessageSecurityMode.SignAndEncrypt,
}  # fmt: skip


async def secure(client: Client, link: Link) -> None:
    """Sets what the mapping says; Malformed names a file that is no certificate or key."""
    client.application_uri = "urn:anlan:ways"
    if link.security != "none" and link.certificate and link.key and link.server_certificate:
        own = await _certificate(link.certificate)
        client.application_uri = _uri_of(own, link.certificate)
        await _certificate(link.server_certificate)
        await _key(link.key)
        await client.set_security(
            SecurityPolicyBasic256Sha256, str(link.certificate), str(link.key),
            server_certificate=str(link.server_certificate), mode=_MODES[link.security],
        )  # fmt: skip
    if link.user:
        client.set_user(link.user)
        client.set_password(link.password)
    if link.user_certificate and link.user_key:
        client.user_certificate = await _certificate(link.user_certificate)
        client.user_private_key = await _key(link.user_key)


async def _certificate(path: Path) -> x509.Certificate:
    try:
        found: x509.Certificate = await uacrypto.load_certificate(str(path))
    except (OSError, ValueError) as error:
        raise Malformed("is no certificate, .pem or .der", where=str(path)) from error
    return found


async def _key(path: Path) -> PrivateKeyTypes:
    try:
        found: PrivateKeyTypes = await uacrypto.load_private_key(str(path))
    except (OSError, ValueError, TypeError) as error:
        reason = "is no private key without a password, .pem or .der"
        raise Malformed(reason, where=str(path)) from error
    return found


def _uri_of(certificate: x509.Certificate, path: Path) -> str:
    """The name of the application that a certificate is made out to; servers compare it."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return names.get_values_for_type(x509.UniformResourceIdentifier)[0]
    except (x509.ExtensionNotFound, IndexError) as error:
        raise Malformed("names no application (URI: in subjectAltName)", where=str(path)) from error
