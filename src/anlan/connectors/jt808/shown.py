"""Header and fields of a message, read only when somebody looks: most are never looked at."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from anlan.connectors.frames import Frame
from anlan.connectors.jt808.frame import Head, told
from anlan.connectors.jt808.tables import name_of, read_message


class Header(Mapping[str, Any]):
    """What `told` shows of a head; is_gcj02: with the mark of shifted positions."""

    __slots__ = ("_is_gcj02", "_told", "head")

    def __init__(self, head: Head, *, is_gcj02: bool) -> None:
        self.head, self._is_gcj02 = head, is_gcj02
        self._told: dict[str, Any] | None = None

    def __getitem__(self, name: str) -> Any:
        return self._values()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values())

    def __len__(self) -> int:
        return len(self._values())

    def _values(self) -> dict[str, Any]:
        if self._told is None:
            self._told = told(self.head, name_of(self.head.id))
            if self._is_gcj02:
                self._told["gcj02"] = True
        return self._told


def head_of(frame: Frame) -> Head:
    """The head of a right frame."""
    return cast(Header, frame.header).head


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
