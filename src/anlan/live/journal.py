"""What the processes of a site say of themselves: lines on standard error, as text or as JSON.

One set-up for all of them. Standard output belongs to the program: its first line is an address.
"""

import contextlib
import json
import logging
import math
import os
import re
import sys
import threading
import warnings
from datetime import date, datetime
from pathlib import PurePath
from types import TracebackType
from typing import Any

FORM = "ANLAN_LOG_FORMAT"
"""Environment: one of FORMS; set by the first process of a site for all that it starts."""
FORMS = ("text", "json")

_MOST_CHARACTERS, _MOST_PARTS, _DEEPEST = 16_000, 100, 4
_OF_EVERY_RECORD = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}
_DECORATION = {"color_message"}  # uvicorn's, for terminals
_SECRET_NAME = re.compile(r"password|secret|token|cookie|authorization", re.IGNORECASE)
_SECRET = re.compile(
    r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"  # name and password in an address
    r"|(?<=[Bb]earer )\S+"
    r"|\b(?:anl|anp|op|whsec)_[\w+/=-]{16,}"  # keys of sources, programs, operators and webhooks
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # an e-mail address
    r"|(?<!\d)1[3-9]\d{9}(?!\d)"  # a mobile phone
    r"|(?<!\d)\d{17}[\dXx](?!\d)"  # an identity card
    r"|(?<=DETAIL:)[^\n]+"  # PostgreSQL quotes the row
)
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_log = logging.getLogger("anlan")


def begin(part: str) -> None:
    """Lets this process say everything in one form. part: what it is in the site, such as `web`.

    Libraries are heard from a warning on; what nobody caught, and Python's own warnings, are
    said in the same form.
    """
    out = _Out()
    out.setFormatter(JsonLine(part) if os.environ.get(FORM) == "json" else TextLine(part))
    root = logging.getLogger()
    root.handlers[:] = [out]
    root.setLevel(logging.WARNING)
    _log.setLevel(logging.INFO)
    logging.captureWarnings(True)
    warnings.formatwarning = lambda message, category, *_, **__: f"{category.__name__}: {message}"
    logging.raiseExceptions = False  # a fault while a line is written ends nothing
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable


def is_json() -> bool:
    """Whether this process has begun to speak JSON."""
    return any(isinstance(one.formatter, JsonLine) for one in logging.getLogger().handlers)


class JsonLine(logging.Formatter):
    """A record as one line of JSON; never two, and whatever its fields are."""

    def __init__(self, part: str) -> None:
        super().__init__()
        self._part = part

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "part": self._part,
            "message": masked(_sentence(record)),
        }
        if fields := _fields(record):
            told["fields"] = fields
        if fault := _fault(record):
            told["exception"] = fault
        line = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        # JSON itself lets these stand; programs that read lines may break there.
        return _BREAKS.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


class TextLine(logging.Formatter):
    """A record for people: the ordinary course as a bare sentence, else when, who and how grave.

    A fault follows on indented lines.
    """

    def __init__(self, part: str) -> None:
        super().__init__()
        self._part = part

    def format(self, record: logging.LogRecord) -> str:
        line = _BREAKS.sub(_escaped, masked(_sentence(record)))
        if record.levelno > logging.INFO:
            line = f"{_time(record)} {self._part} {record.levelname} {record.name}: {line}"
        fault = _fault(record).splitlines()
        return "\n".join([line, *(f"    {_BREAKS.sub(_escaped, one)}" for one in fault)])


class _Out(logging.Handler):
    """Writes a line at once and whole, so that the lines of several processes do not mix."""

    def emit(self, record: logging.LogRecord) -> None:
        data = f"{self.format(record)}\n".encode("utf-8", "backslashreplace")
        with contextlib.suppress(OSError):  # nobody listens any more
            while data:
                data = data[os.write(2, data) :]


def masked(text: str) -> str:
    """The text without what looks like a secret, a phone, an e-mail or an identity number."""
    return _SECRET.sub("***", text)


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created).astimezone()
    return moment.isoformat(timespec="milliseconds")


def _sentence(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()[:_MOST_CHARACTERS]
    except Exception:  # noqa: BLE001 - arguments that do not fit their sentence end nothing
        return record.msg if isinstance(record.msg, str) else _kind(record.msg)


def _fault(record: logging.LogRecord) -> str:
    """The traceback as text, its end where it is long."""
    text = record.exc_text or ""
    if isinstance(record.exc_info, tuple) and record.exc_info[0] is not None:
        text = logging.Formatter().formatException(record.exc_info)
    if record.stack_info:
        text = f"{text}\n{record.stack_info}".strip()
    return masked(text[-_MOST_CHARACTERS:])


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    """What came along with a record, as JSON holds it."""
    given = {k: v for k, v in vars(record).items() if k not in _OF_EVERY_RECORD | _DECORATION}
    try:
        return dict(_pairs(given, _DEEPEST))
    except Exception as error:  # noqa: BLE001 - a field that cannot be looked at ends nothing
        return {"unreadable": _kind(error)}


def _pairs(given: dict[Any, Any], deep: int) -> list[tuple[str, Any]]:
    named = [(k if isinstance(k, str) else repr(_plain(k, 0)), v) for k, v in given.items()]
    return [
        (masked(name), "***" if _SECRET_NAME.search(name) else _plain(value, deep - 1))
        for name, value in named[:_MOST_PARTS]
    ]


def _plain(value: Any, deep: int) -> Any:
    """A value as JSON holds it; an object by its kind alone, since its text may say anything."""
    match value:
        case None | bool():
            return value
        case int() if abs(value) < 2**63:
            return int(value)
        case float() if math.isfinite(value):
            return float(value)
        case int() | float():
            return "beyond" if isinstance(value, int) else str(value)
        case str() | PurePath():
            return masked(str(value)[:_MOST_CHARACTERS])
        case date():
            return value.isoformat()
        case dict() if deep > 0:
            return dict(_pairs(value, deep))
        case list() | tuple() | set() | frozenset() if deep > 0:
            return [_plain(one, deep - 1) for one in list(value)[:_MOST_PARTS]]
        case object(method=str(method), path=str(path)):
            # A request: its query and its body may hold what people wrote.
            return {"method": method, "path": masked(path)}
    return _kind(value)


def _kind(value: object) -> str:
    return f"<{type(value).__name__}>"


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        _log.critical("the process ends by a fault", exc_info=(kind, error, trace))


def _uncaught_in_thread(told: threading.ExceptHookArgs) -> None:
    if told.exc_value is not None and not isinstance(told.exc_value, SystemExit):
        name = told.thread.name if told.thread else ""
        fault = (told.exc_type, told.exc_value, told.exc_traceback)
        _log.error("a thread ended by a fault", exc_info=fault, extra={"thread_name": name})


def _unraisable(told: "sys.UnraisableHookArgs") -> None:
    if told.exc_value is not None:
        fault = (told.exc_type, told.exc_value, told.exc_traceback)
        _log.error("%s", told.err_msg or "a fault where none can be raised", exc_info=fault)
