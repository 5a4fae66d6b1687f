"""The error family; nothing else crosses a room's door.

AnlanError
├── Refused       a person or a source may not
├── Malformed     bytes or text are wrong, with where
├── OutOfRange    a model or rule is not valid here
└── Unavailable   try again later
"""


class AnlanError(Exception):
    """Base of the family; the message is one clear sentence for a person."""


class Refused(AnlanError):
    """Someone or something may not do this; the message says why."""


class Malformed(AnlanError):
    """Bytes or text are wrong.

    `where` names the place: a file and line, a row, a field.
    """

    def __init__(self, message: str, *, where: str = "") -> None:
        super().__init__(f"{where}: {message}" if where else message)
        self.message = message
        self.where = where


class OutOfRange(AnlanError):
    """A model or a rule is not valid for these inputs."""


class Unavailable(AnlanError):
    """It cannot be done now; `retry_after_s` says when to try again."""

    def __init__(self, message: str, *, retry_after_s: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
