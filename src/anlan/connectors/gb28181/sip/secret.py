"""What in messages nobody needs to see: passwords, and proofs of them."""

import re

SECRETS = frozenset(("Password", "response", "password", "authorization", "Authorization"))
"""How they are called in headers, in texts and among the words of a question."""

_SAID = re.compile(rb'((?:\bresponse[ \t]*=[ \t]*"?)|<Password>)([^",<\r\n]*)')


def covered(raw: bytes) -> bytes:
    """The same with stars for each, as long as it was."""
    return _SAID.sub(lambda found: found[1] + b"*" * len(found[2]), raw)
