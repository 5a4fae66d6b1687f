"""A real OPC UA server, in a thread and a loop of its own."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from asyncua import ua
from asyncua.crypto.cert_gen import setup_self_signed_certificate
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.server import Server

T = TypeVar("T")
POLICIES = [
    ua.SecurityPolicyType.NoSecurity,
    ua.SecurityPolicyType.Basic256Sha256_Sign,
    ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt,
]


class Users:
    """Who may come: anybody without a name, and one with a password. came: who did, the name of
    the last or the certificate."""

    came: Any = None

    def get_user(self, _server: Any, username: Any, password: Any, certificate: Any) -> User | None:
        if username is not None and (username, password) != ("anlan", "correct horse"):
            return None
        self.came = username or certificate
        return User(role=UserRole.User)


class Plant:
    """A tank with a level, a pressure and a switch."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        done: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return done.result(60)

    def begin(self) -> None:
        self._thread.start()
        self._do(self._begin())

    async def _begin(self) -> None:
        for name, uri in (("server", "urn:plant"), ("own", "urn:anlan:ways"), ("user", "urn:u"),
                          ("other", "urn:o")):  # fmt: skip
            await setup_self_signed_certificate(
                self._folder / f"{name}-key.pem", self._folder / f"{name}.der", uri, "localhost",
                [], {},
            )  # fmt: skip
        self.users = Users()
        self.server = Server(user_manager=self.users)  # type: ignore[arg-type]  # we name no defaults
        await self.server.init()
        await self.server.set_application_uri("urn:plant")
        self.server.set_endpoint("opc.tcp://127.0.0.1:0")
        await self.server.load_certificate(str(self._folder / "server.der"))
        await self.server.load_private_key(self._folder / "server-key.pem")
        self.server.set_security_policy(POLICIES)
        index = await self.server.register_namespace("urn:plant:tanks")
        assert index == 2
        tank = await self.server.nodes.objects.add_object(index, "Tank2")
        self.nodes = {
            "level": await tank.add_variable("ns=2;s=Tank2.Level", "Level", 2.5),
            "pressure": await tank.add_variable("ns=2;s=Tank2.Pressure", "Pressure", 101_300.0),
            "running": await tank.add_variable("ns=2;i=1003", "Running", True),
        }
        await self.server.start()
        listening = self.server.bserver
        assert listening is not None
        self.port = listening.port

    def says(self, name: str, value: ua.DataValue) -> None:
        """A node has another value, status or time."""
        self._do(self.nodes[name].write_value(value))

    async def _end(self) -> None:
        await self.server.stop()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    def end(self) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()


@contextmanager
def plant(folder: Path) -> Iterator[Plant]:
    found = Plant(folder)
    found.begin()
    try:
        yield found
    finally:
        found.end()
