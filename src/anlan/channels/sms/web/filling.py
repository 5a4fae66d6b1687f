"""Templates: texts in which `{name}` stands for what is only known when something is sent."""

import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Collection, Iterator, Mapping
from typing import Any

_NAME = re.compile(r"\{([a-z_0-9]+)\}")
_PLAIN = ("md5", "sha1", "sha256", "sha512")
WAYS_TO_SIGN = (*(f"hmac-{name}" for name in _PLAIN), *_PLAIN)
"""By the key, or, for those that have it among what is signed, by nothing but the digest."""
WRITTEN = ("hex", "base64")


def filled(template: Any, words: Mapping[str, str]) -> Any:
    """The template with its names replaced, once: what stands for a name is not read again."""
    match template:
        case str():
            return _NAME.sub(lambda found: words[found[1]], template)
        case dict():
            return {key: filled(value, words) for key, value in template.items()}
        case list():
            return [filled(value, words) for value in template]
    return template


def names_in(template: Any) -> Iterator[str]:
    """The names that it asks for."""
    match template:
        case str():
            yield from _NAME.findall(template)
        case dict():
            for value in template.values():
                yield from names_in(value)
        case list():
            for value in template:
                yield from names_in(value)


def is_made_of(template: Any, known: Collection[str]) -> bool:
    """Whether it asks for nothing but these."""
    return all(name in known for name in names_in(template))


def signed(text: bytes, *, by: str, key: bytes, written: str) -> str:
    """The signature of a text, in one of WAYS_TO_SIGN and of WRITTEN."""
    name = by.removeprefix("hmac-")
    if name == by:
        digest = hashlib.new(name, text, usedforsecurity=False).digest()
    else:
        digest = hmac.digest(key, text, name)
    return b64encode(digest).decode() if written == "base64" else digest.hex()
