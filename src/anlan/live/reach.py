"""A site from outside: its running service, or its store where nothing runs."""

import contextlib
import http.client
import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from anlan.terms.errors import Malformed, Refused, Unavailable

_WAIT_S = 600.0


class Running:
    """The running service of a data folder, spoken to as its operator.

    packs: the overlay that it was started with.
    """

    packs: Path | None = None

    def __init__(self, host: str, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection(host, port, timeout=_WAIT_S)
        self._place, self._token = (host, port), token

    def as_source(self, key: str) -> "Running":
        """The same service, spoken to with the key of a source."""
        return Running(*self._place, key)

    def ask(
        self, method: str, path: str, body: bytes | None = None, *, kind: str = "application/json"
    ) -> Any:
        """The decoded answer; an error of the family where it is one."""
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": kind}
        try:
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise Unavailable(f"the running service does not answer ({error})") from error
        answer = json.loads(content or b"{}")
        if response.status == 200 or path == "/healthz":
            return answer
        told = str(answer.get("error", response.reason))
        if response.status in (429, 503):
            wait = float(response.headers.get("Retry-After", 1))
            raise Unavailable(told, retry_after_s=wait)
        raise (Refused if response.status in (401, 403) else Malformed)(told)

    def close(self) -> None:
        self._connection.close()


def running(data: Path) -> Running | None:
    """The service that runs on a data folder; None where none does."""
    try:
        told = json.loads((data / "live" / "running.json").read_text())
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(told["host"], told["host"])  # noqa: S104 - told, not bound
        service = Running(host, told["port"], told["token"])
        service.packs = Path(told["packs"]) if told.get("packs") else None
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise Refused(f"{data} belongs to somebody else ({error.strerror})") from error
    except (OSError, ValueError, KeyError):
        return None
    return service if _is_alive(told["pid"]) else None


def _is_alive(pid: int) -> bool:
    """Whether that process is there and is a live one."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return b"anlan.live.process" in command


class Register(Protocol):
    """Somewhere registry entries can be put."""

    def enter(self, entries: Sequence[Mapping[str, Any]]) -> int: ...


class Desk:
    """Edits of a site: through its running service, else directly as its only writer.

    `with Desk(data) as desk: desk.enter(entries)`. alone: whether it may be the writer itself;
    where a service belongs to the site and has not begun yet it may not, since none could begin.
    """

    def __init__(self, data: Path, *, alone: bool = True) -> None:
        self._data, self._alone = data, alone
        self._service = running(data)
        self._heart: Any = None

    def __enter__(self) -> Self:
        return self

    def enter(self, entries: Sequence[Mapping[str, Any]]) -> int:
        """Puts entries into the log, all or none; they hold when this returns. Their record."""
        if self._service is not None:
            body = json.dumps(entries).encode()
            return int(self._service.ask("POST", "/api/v1/registry", body)["seq"])
        heart = self._opened()
        heart.enter(entries, at=time.time_ns() // 1_000_000)
        heart.commit()
        return int(heart.seq)

    def requeue(self, source: str | None) -> dict[str, Any]:
        """Tries the rows of the quarantine again; counts."""
        if self._service is not None:
            query = f"?source={_quoted(source)}" if source else ""
            found: dict[str, Any] = self._service.ask("POST", f"/api/v1/quarantine/replay{query}")
            return found
        from anlan.live.quarantine import Quarantine
        from anlan.live.requeue import requeue
        from anlan.live.view import View

        heart = self._opened()
        with contextlib.closing(Quarantine(self._data)) as quarantine:
            return requeue(quarantine, View(heart.registry), _direct(heart), source=source)

    def _opened(self) -> Any:
        if not self._alone:
            raise Unavailable("it is starting")
        if self._heart is None:
            from anlan.live.shelved import open_heart

            self._heart = open_heart(self._data)
        return self._heart

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._service is not None:
            self._service.close()
        if self._heart is not None:
            self._heart.close()


def _direct(heart: Any) -> Callable[[Any], Any]:
    """Takes readings as the only writer, durable at its return."""

    def take(batch: Any) -> Any:
        verdicts = heart.take(batch, at=time.time_ns() // 1_000_000)
        heart.commit()
        return verdicts

    return take


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="")
