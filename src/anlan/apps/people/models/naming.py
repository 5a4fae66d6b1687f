"""Public names of rows that have none of their own."""

import secrets


def new_key() -> str:
    """A name that tells nothing: neither how many there are nor which came first."""
    return secrets.token_hex(8)
