"""`anlan cap sign`: one more signature on a message."""

from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import click

from anlan.cap.check import INVALID, VALID, check
from anlan.cap.national.read import read as read_national
from anlan.cap.sign.certificate import certificates_in
from anlan.cap.sign.pen import pen_of
from anlan.cap.sign.write import sign as add_signature
from anlan.terms.errors import Malformed, Refused

_HELP = """Sign FILE, a CAP or a national message, with the key in a PEM file.

The kind of key decides the method: RSA from 2048 bits or ECDSA with SHA-2, SM2 with SM3. An SM2
key in a file is for drills and closed machines; its time tells of the key. Several may sign one
message, in any order; what stands in it already must hold.

A CAP message is signed only where `anlan cap check` finds it valid and without a warning: what no
schema sees must be put right before it leaves the house. Only CAP 1.2 has a place for signatures.

\b
Examples:
  anlan cap sign alert.xml --key office.key --cert office.pem --out signed.xml
  anlan cap sign alert.xml --key a.key --cert a.pem | anlan cap sign - --key b.key --cert b.pem

\b
Exit status: 0 it is signed · 1 it must not be, or cannot · 2 wrong usage.
"""
_OF_SIGNATURES = ("weak:", "untimely:", "signature:")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("sign", help=_HELP, short_help="Sign a message: RSA, ECDSA, SM2.")
@click.argument("file", type=click.File("rb"))
@click.option("--key", "key", type=_FILE, required=True, help="Private key, PEM.")
@click.option(
    "--cert", "cert", type=_FILE, required=True, help="Its certificate first, then its issuers'."
)
@click.option("--password-file", "password", type=_FILE, help="Holds the password of the key.")
@click.option("--out", type=click.File("wb", atomic=True), default="-", help="Where it goes.")
def sign(
    file: IO[bytes],
    key: Path,
    cert: Path,
    password: Path | None,
    out: IO[bytes],
) -> None:
    data = file.read()
    ask_whether_sound(data)
    secret = password.read_bytes().rstrip(b"\r\n") if password else None
    pen = pen_of(key.read_bytes(), certificates_in(cert.read_bytes()), secret)
    out.write(add_signature(data, pen))


def ask_whether_sound(data: bytes) -> None:
    """Refused for a message that is not valid, is doubtful, or bears a signature that fails."""
    found = check(data, datetime.now(UTC))
    if found.signature == INVALID:
        raise Refused("a signature that stands in it does not hold")
    if found.verdict != VALID:
        try:
            read_national(data)
        except Malformed as error:
            reasons = "; ".join(found.reasons)
            raise Refused(f"neither CAP ({reasons}) nor a national message ({error})") from error
        return
    if found.version != "1.2":
        raise Refused(f"CAP {found.version} has no place for a signature; CAP 1.2 has")
    doubts = [warning for warning in found.warnings if not warning.startswith(_OF_SIGNATURES)]
    if doubts:
        raise Refused(f"not to be issued like this: {'; '.join(doubts)}")
