"""Questions for devices: each is closed, whatever becomes of it."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from anlan.connectors.frames import Ask, Frame
from anlan.live.gateway import asks


class Back:
    """A way back whose questions all bear one name."""

    def __init__(self) -> None:
        self.asked = 0

    def ask(self, ask: Ask) -> str:
        self.asked += 1
        if ask.name == "break":
            raise KeyError("no such row")
        return "1"


def closed(data: Path, names: list[str]) -> list[dict[str, Any]]:
    """What became of questions to one device, the last of which is answered."""

    async def run() -> list[dict[str, Any]]:
        back = Back()
        one = SimpleNamespace(
            devices={"d": SimpleNamespace(back=back)}, asked={}, speech=SimpleNamespace(name="x")
        )
        taking = asyncio.create_task(asks.Asks(data, [cast("Any", one)]).run())
        numbers: list[str] = []
        for name in names:
            numbers.append(asks.put(data, "d", name, {}, by="test"))
            async with asyncio.timeout(20):
                while back.asked < len(numbers):
                    await asyncio.sleep(0.01)
        for queue in one.asked.values():
            queue.put_nowait(Frame(b"", fields={"told": 1}))
        async with asyncio.timeout(20):
            while not all(asks.result_of(data, number) for number in numbers):
                await asyncio.sleep(0.01)
        taking.cancel()
        assert not one.asked
        return [asks.result_of(data, number) or {} for number in numbers]

    return asyncio.run(run())


def test_of_two_of_one_name_each_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asks, "ANSWER_S", 1.0)
    monkeypatch.setattr(asks, "_MORE_S", 0.05)
    assert [one["result"] for one in closed(tmp_path, ["tell", "tell"])] == ["silent", "answered"]


def test_one_that_breaks_says_so(tmp_path: Path) -> None:
    (told,) = closed(tmp_path, ["break"])
    assert (told["result"], told["reason"]) == (
        "wrong", "it could not be said (KeyError('no such row'))",
    )  # fmt: skip
