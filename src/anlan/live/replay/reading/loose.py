"""JSON texts as they come: a number may be beyond every double."""

import json
from typing import Any, NoReturn

import msgspec

WRONG_JSON = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)


def cells_in(text: bytes | msgspec.Raw) -> Any:
    """What a JSON text says; a number beyond every double is infinite. Raises WRONG_JSON."""
    try:
        return msgspec.json.decode(text)
    except msgspec.ValidationError as error:  # JSON all right, as far as it was read
        try:
            return json.loads(bytes(text).decode(), parse_constant=_no_constant)
        except ValueError:
            raise error from None


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")
