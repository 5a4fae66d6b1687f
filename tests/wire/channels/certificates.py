"""Certificates of an authority of our own, for as long as a test runs."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.x509.oid import NameOID


class Authority:
    """An authority: its file, and server contexts that it vouches for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = generate_private_key(SECP256R1())
        self._name = _name("Authority of the tests")
        builder = _certificate(self._name, self._name, self._key)
        builder = builder.add_extension(x509.BasicConstraints(True, 0), critical=True)
        self.file = str(folder / "authority.pem")
        made = builder.sign(self._key, hashes.SHA256())
        Path(self.file).write_bytes(made.public_bytes(serialization.Encoding.PEM))

    def server(self, host: str) -> SSLContext:
        """A server that can prove to be `host` (127.0.0.1 too, where that is localhost)."""
        key = generate_private_key(SECP256R1())
        names: list[x509.GeneralName] = [x509.DNSName(host)]
        if host == "localhost":
            names.append(x509.IPAddress(ip_address("127.0.0.1")))
        builder = _certificate(_name(host), self._name, key)
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        path = self._folder / f"{host}.pem"
        path.write_bytes(
            builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context = SSLContext(PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
    )
