"""The exchange: lets in who knows the password, and rings its telephones."""

import asyncio
import secrets
import threading
import time
from collections.abc import Callable
from typing import Self

from anlan.channels.voice.sip.digest import Login, is_right
from anlan.channels.voice.sip.message import Request, Response, uri_in
from anlan.channels.voice.sip.wire import Timers, Where, Wire, answer_to, token
from anlan.sandtable.sinks.voice.faults import Faults, begins
from anlan.sandtable.sinks.voice.telephone import Rung, Telephone

REALM = "anlan.invalid"


class Switch:
    """Listens as long as it is entered; thread-safe. port: 0 for one that is free.

    password: empty for an exchange that asks nobody · changed: is told a call whenever something
    happened to it.
    """

    def __init__(
        self, *, port: int = 0, host: str = "127.0.0.1", login: Login | None = None,
        changed: Callable[[Rung], None] | None = None,
    ) -> None:  # fmt: skip
        self.faults, self._host, self._wanted = Faults(), host, port
        self._login, self._changed = login, changed
        self._nonce = secrets.token_hex(8)
        self._wire = Wire(self._hear, Timers())
        self._loop = asyncio.new_event_loop()
        self._telephones: dict[str, Telephone] = {}
        self._tasks = set[asyncio.Task[None]]()
        self._rung: list[Rung] = []
        self.registered: list[str] = []
        self._change = threading.Condition()

    @property
    def uri(self) -> str:
        """Where the exchange is reached."""
        return f"sip:{self._host}:{self._wire.port}"

    def __enter__(self) -> Self:
        self._loop.run_until_complete(self._wire.open(self._host, self._wanted))
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def rung(self) -> list[Rung]:
        """Every call so far."""
        with self._change:
            return list(self._rung)

    def wait(self, holds: Callable[[list[Rung]], bool], most_s: float = 10.0) -> bool:
        """Until something holds of the calls; whether it did in time."""
        with self._change:
            return self._change.wait_for(lambda: holds(self._rung), most_s)

    def pick_up(self, rung: Rung) -> None:
        """Somebody picks up a telephone that rings."""
        self._with(rung, lambda telephone: telephone.picks_up.set())

    def press(self, rung: Rung, keys: str) -> None:
        """Somebody presses keys."""
        self._with(rung, lambda telephone: telephone.press(keys))

    def _with(self, rung: Rung, act: Callable[[Telephone], None]) -> None:
        for telephone in list(self._telephones.values()):
            if telephone.rung is rung:
                self._loop.call_soon_threadsafe(act, telephone)

    def _hear(self, request: Request, where: Where) -> Response | None:
        if self.faults.down:
            return None
        telephone = self._telephones.get(request.first("Call-ID"))
        match request.method:
            case "ACK":
                if telephone is not None:
                    telephone.acknowledged.set()
                return None
            case "REGISTER" | "INVITE":
                return self._let_in(request) or self._serve(request, where)
            case "OPTIONS":
                return answer_to(request, 200, "OK", tag=token())
        if telephone is None:
            return answer_to(request, 481, "Call/Transaction Does Not Exist", tag=token())
        return self._go_on(request, telephone)

    def _go_on(self, request: Request, telephone: Telephone) -> Response | None:
        if request.method == "CANCEL":
            telephone.cancelled.set()
        elif begins(telephone.rung.to, self.faults.hanging):
            return None
        elif request.method == "BYE":
            telephone.ended.set()
        return answer_to(request, 200, "OK", tag=telephone.tag)

    def _let_in(self, request: Request) -> Response | None:
        """The challenge to whom we do not know yet."""
        if self._login is None:
            return None
        is_proxy = request.method == "INVITE"
        told = request.first("Proxy-Authorization" if is_proxy else "Authorization")
        if told and is_right(told, self._login, method=request.method, nonce=self._nonce):
            return None
        challenge = f'Digest realm="{REALM}", nonce="{self._nonce}", qop="auth,auth-int"'
        if is_proxy:
            return answer_to(request, 407, "Proxy Authentication Required", tag=token(),
                             more={"Proxy-Authenticate": challenge})  # fmt: skip
        return answer_to(request, 401, "Unauthorized", tag=token(),
                         more={"WWW-Authenticate": challenge})  # fmt: skip

    def _serve(self, request: Request, where: Where) -> Response:
        if request.method == "REGISTER":
            self.registered.append(uri_in(request.first("Contact")))
            granted = {"Contact": request.first("Contact"), "Expires": "300"}
            return answer_to(request, 200, "OK", tag=token(), more=granted)
        number = request.uri.partition(":")[2].partition("@")[0]
        caller = uri_in(request.first("From")).partition(":")[2].partition("@")[0]
        rung = Rung(to=number, caller=caller, at_ms=time.time_ns() // 1_000_000)
        telephone = Telephone(self._wire, request, where, rung=rung,
                              changed=lambda: self._tell(rung))  # fmt: skip
        self._telephones[request.first("Call-ID")] = telephone
        with self._change:
            self._rung.append(rung)
        self._tell(rung)
        task = self._loop.create_task(telephone.ring(self.faults))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return answer_to(request, 100, "Trying")

    def _tell(self, rung: Rung) -> None:
        if self._changed is not None:
            self._changed(rung)
        with self._change:
            self._change.notify_all()

    async def _end(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._wire.close()
        await asyncio.sleep(0.01)  # what is closed is let go in the next turns of the loop
