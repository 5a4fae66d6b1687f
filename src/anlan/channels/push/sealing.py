"""Encryption for one browser, as RFC 8291 says: `aes128gcm`, one record, a key pair a message."""

import os
from hmac import digest

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from anlan.channels.push.browser import CURVE, Browser

MOST_BYTES = 3_992
"""Of a text: what every push service must take, less head, tag and pad."""
_RECORD = (4096).to_bytes(4) + b"\x41"
_ABOUT_KEY = b"Content-Encoding: aes128gcm\x00\x01"
_ABOUT_NONCE = b"Content-Encoding: nonce\x00\x01"


def sealed(text: bytes, browser: Browser) -> bytes:
    """The text as only this browser can read it."""
    return sealed_with(text, browser, own=generate_private_key(CURVE), salt=os.urandom(16))


def sealed_with(
    text: bytes, browser: Browser, *, own: EllipticCurvePrivateKey, salt: bytes
) -> bytes:
    """The same with a given key pair and salt, each of them used once only."""
    public = point(own)
    shared = digest(browser.auth, own.exchange(ECDH(), browser.key), "sha256")
    about = b"WebPush: info\x00" + browser.public + public + b"\x01"
    secret = digest(salt, digest(shared, about, "sha256"), "sha256")
    key = digest(secret, _ABOUT_KEY, "sha256")[:16]
    nonce = digest(secret, _ABOUT_NONCE, "sha256")[:12]
    return salt + _RECORD + public + AESGCM(key).encrypt(nonce, text + b"\x02", None)


def point(key: EllipticCurvePrivateKey) -> bytes:
    """The public half, 65 octets."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
