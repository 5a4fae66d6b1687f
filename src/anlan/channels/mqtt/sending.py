"""The way `mqtt`: one message with QoS 1 to each topic, acknowledged by the broker.

All recipients with one topic are told by one message, in every language that it is said in. The
broker takes it over for all who follow the topic, those too who are away at the moment.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from paho.mqtt.client import Client, MQTTMessageInfo
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from anlan.channels import Fault, Message, Receipt
from anlan.channels.bulk import Said, Tell, To, now_ms
from anlan.channels.mqtt.settings import Settings

SHAPE = "this is not a topic of the mobile apps"
_AT_ONCE = 200


class Mqtt:
    """Publishes over one kept session; for one loop."""

    name = "mqtt"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._client: Client | None = None
        self._waiting: dict[int, asyncio.Future[int]] = {}
        self._early: dict[int, int] = {}
        self._joined: asyncio.Future[str] | None = None
        self._guard = asyncio.Lock()

    async def send(self, said: Said, to: Sequence[To], tell: Tell) -> None:
        """Tells of each whether the broker has the message for its topic."""
        topics: dict[str, list[To]] = defaultdict(list)
        for one in to:
            topic = self.settings.topic(one.address, said[one.language].status)
            if topic is None:
                tell(one.place, Receipt.refused(now_ms(), Fault.ADDRESS, SHAPE))
            else:
                topics[topic].append(one)
        left = iter(topics.items())
        body = body_of(said)

        async def work() -> None:
            for topic, many in left:
                receipt = await self._published(topic, body)
                for one in many:
                    tell(one.place, receipt)

        async with asyncio.TaskGroup() as tasks:
            for _ in range(min(_AT_ONCE, len(topics))):
                tasks.create_task(work())

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.disconnect()
            await asyncio.to_thread(client.loop_stop)

    async def _published(self, topic: str, body: bytes) -> Receipt:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self.settings.timeout_s):
                client = await self._ready()
                info = client.publish(topic, body, qos=1, properties=self._properties())
                code = await self._acknowledged(info, loop)
        except TimeoutError:
            told = "the broker did not answer in time"
            return Receipt.failed(now_ms(), Fault.TIMEOUT, told)
        except (OSError, ValueError) as error:
            return Receipt.failed(now_ms(), Fault.UNREACHABLE, f"no session at the broker: {error}")
        if code >= 0x80:
            told = f"the broker does not take it: reason {code:#04x}"
            fault = Fault.BUSY if code == 0x97 else Fault.SETTINGS
            return Receipt.failed(now_ms(), fault, told)
        return Receipt.accepted(now_ms())

    async def _acknowledged(self, info: MQTTMessageInfo, loop: asyncio.AbstractEventLoop) -> int:
        """The reason code of the acknowledgement."""
        if info.mid in self._early:
            return self._early.pop(info.mid)
        waiting: asyncio.Future[int] = loop.create_future()
        self._waiting[info.mid] = waiting
        try:
            return await waiting
        finally:
            self._waiting.pop(info.mid, None)

    async def _ready(self) -> Client:
        """The session; a new one where there is none. Raises OSError, TimeoutError."""
        async with self._guard:
            if self._client is not None and self._client.is_connected():
                return self._client
            await self.close()
            loop = asyncio.get_running_loop()
            self._joined = loop.create_future()
            client = self._made(loop)
            try:
                where = self.settings.where
                await asyncio.to_thread(client.connect, where.host, where.port, 30)
                client.loop_start()
                trouble = await self._joined
            except BaseException:
                client.disconnect()
                raise
            if trouble:
                client.disconnect()
                raise ConnectionRefusedError(trouble)
            self._client = client
            return client

    def _made(self, loop: asyncio.AbstractEventLoop) -> Client:
        settings = self.settings
        client = settings.where.client(settings.client, timeout_s=settings.timeout_s)
        client.max_inflight_messages_set(_AT_ONCE)

        def joined(_c: Any, _u: Any, _f: Any, code: Any, _p: Any) -> None:
            loop.call_soon_threadsafe(self._note_joined, str(code) if code.is_failure else "")

        def published(_c: Any, _u: Any, mid: int, code: Any, _p: Any) -> None:
            loop.call_soon_threadsafe(self._note, mid, int(code.value))

        client.on_connect, client.on_publish = joined, published
        return client

    def _note_joined(self, trouble: str) -> None:
        if self._joined is not None and not self._joined.done():
            self._joined.set_result(trouble)

    def _note(self, mid: int, code: int) -> None:
        waiting = self._waiting.get(mid)
        if waiting is None:
            self._early[mid] = code
        elif not waiting.done():
            waiting.set_result(code)

    def _properties(self) -> Properties:
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho lacks it
        properties.MessageExpiryInterval = self.settings.expiry_s
        properties.ContentType = "application/json"
        return properties


def body_of(said: Said) -> bytes:
    """The message in JSON: its key, and under `texts` what is said in each language."""
    first: Message = next(iter(said.values()))
    told = {
        "key": first.key, "kind": first.kind, "status": first.status.value, "cause": first.cause,
        "created_at": first.created_at,
        "texts": [
            {"language": one.language, "title": one.subject, "body": one.text}
            for one in said.values()
        ],
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
