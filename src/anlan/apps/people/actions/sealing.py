"""What the site keeps of secrets: encrypted where they must come back, else a digest."""

import base64
import hmac

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def sealed(text: str) -> str:
    """The text encrypted with a key of this site's own."""
    return _box().encrypt(text.encode()).decode()


def opened(text: str) -> str:
    """What was sealed; empty where another site did, or nobody."""
    try:
        return _box().decrypt(text.encode()).decode()
    except InvalidToken:
        return ""


def digest(text: str) -> str:
    """A digest that only this site can make, in hex."""
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), "sha256").hexdigest()


def _box() -> Fernet:
    kdf = HKDF(SHA256(), 32, salt=None, info=b"anlan second factor")
    return Fernet(base64.urlsafe_b64encode(kdf.derive(settings.SECRET_KEY.encode())))
