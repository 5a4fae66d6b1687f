"""What a browser hands out when its user agrees: where it is reached, and with what keys."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

from anlan.channels.web.target import FORBIDDEN, LOGIN, SHAPE, SIGNS, Target, target_of

FORM = "this is not what a browser gives for web push"
REASONS = (FORM, FORBIDDEN, LOGIN, SHAPE, SIGNS)
"""Every sentence that the check of an address can give."""

CURVE = SECP256R1()


@dataclass(frozen=True, slots=True)
class Browser:
    """target: at its push service · public: its key, as octets and ready · auth: 16 octets."""

    target: Target
    public: bytes
    key: EllipticCurvePublicKey
    auth: bytes


def browser_of(address: str, *, allows_private: bool) -> Browser | str:
    """Reads the browser's own JSON, `{"endpoint", "keys": {"p256dh", "auth"}}`; or why not."""
    try:
        told = json.loads(address)
        endpoint, keys = str(told["endpoint"]), told["keys"]
        public, auth = octets(keys["p256dh"]), octets(keys["auth"])
        key = EllipticCurvePublicKey.from_encoded_point(CURVE, public)
    except (ValueError, KeyError, TypeError, AttributeError):
        return FORM
    if len(auth) != 16 or len(public) != 65:
        return FORM
    target = target_of(endpoint, allows_private=allows_private)
    return target if isinstance(target, str) else Browser(target, public, key, auth)


def octets(text: str) -> bytes:
    """Base64 of the web's kind, with or without `=`. Raises ValueError."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError(str(error)) from error


def text_of(data: bytes) -> str:
    """Octets as base64 of the web's kind, without `=`."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()
