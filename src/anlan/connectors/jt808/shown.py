"""The fields of a message, read only when somebody looks: most locations are never looked at."""

from collections.abc import Iterator, Mapping
from typing import Any

from anlan.connectors.jt808.frame import Head
from anlan.connectors.jt808.tables import read_message


class Fields(Mapping[str, Any]):
    """What `read_message` reads, and the body itself; whole: the joined body of the last part."""

    __slots__ = ("_body", "_head", "_read", "_whole")

    def __init__(self, head: Head, body: bytes, whole: bytes | None) -> None:
        self._head, self._body, self._whole = head, body, whole
        self._read: dict[str, Any] | None = None

    def __getitem__(self, name: str) -> Any:
        return self._values()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values())

    def __len__(self) -> int:
        return len(self._values())

    def _values(self) -> dict[str, Any]:
        if self._read is None:
            self._read = {"body": self._body.hex()}
            if self._whole is not None and not self._head.encryption:
                self._read |= read_message(self._head.id, self._whole, self._head.version)
        return self._read
