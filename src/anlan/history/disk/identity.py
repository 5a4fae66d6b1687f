"""Who a store is: its format and its epoch, a random word that a restored copy gets anew."""

import secrets
from pathlib import Path

import msgspec

from anlan.history.disk.files import whole_file
from anlan.terms.errors import Malformed, Unavailable

FORMAT = 1
_NAME = "store.json"


class Identity(msgspec.Struct, frozen=True):
    """What store.json says."""

    format: int
    epoch: str


def read_identity(folder: Path) -> Identity | None:
    """The identity of the store in the folder; None where there is no store.

    Raises Malformed where it is unreadable or of a later format.
    """
    path = folder / _NAME
    try:
        identity = msgspec.json.decode(path.read_bytes(), type=Identity)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unavailable(f"{path}: cannot be read ({error.strerror})") from error
    except msgspec.DecodeError as error:
        raise Malformed(f"not the identity of a store ({error})", where=str(path)) from error
    if identity.format != FORMAT:
        raise Malformed(f"format {identity.format} is not known here", where=str(path))
    return identity


def new_identity(folder: Path) -> Identity:
    """Gives the store a new epoch: at its beginning, and when it was restored."""
    identity = Identity(FORMAT, secrets.token_hex(6))
    with whole_file(folder / _NAME) as part:
        part.write_bytes(msgspec.json.encode(identity) + b"\n")
    return identity
