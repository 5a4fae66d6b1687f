"""A simulated lower platform before the real gateway: vehicles arrive, questions are answered."""

import time

import pytest

from anlan.connectors.jt809.cipher import PUBLISHED, Numbers
from anlan.sandtable.fleet.jt809 import Platform, Where
from tests.wire.scenes import Scene, called, now_ms, played

CENTRE = 51_010_001
BUS = ("川A12345", 2)
NAME = "川A12345_2"
HERE = Where(104.0667, 30.6611, speed=36, mileage=1234, direction=90, altitude=416)


@pytest.mark.parametrize("edition", [2011, 2019])
@pytest.mark.parametrize("numbers", [None, PUBLISHED[0]])
def test_vehicles_arrive_by_their_platform(edition: int, numbers: Numbers | None) -> None:
    platform = Platform(CENTRE, edition=edition, numbers=numbers)
    at_ms = time.time_ns() // 1_000_000_000 * 1000
    for ago in range(7):
        platform.tell(BUS, at_ms - ago * 1000, HERE, at_ms)

    async def play(scene: Scene) -> None:
        await scene.until(lambda: platform.is_signed_in)
        assert platform.verify_code
        await scene.until(lambda: len(lons(scene)) == 7)
        platform.tell(BUS, at_ms - 8000, HERE._replace(alarm=1), now_ms())
        platform.warn(BUS, 2, at_ms, now_ms())
        await scene.until(lambda: scene.last(f"{NAME}.warning") == 2)
        told = [scene.last(f"{NAME}.{name}") for name in ("lat", "speed", "mileage", "emergency")]
        assert told == [30.6611, 36, 1234, 1]
        assert set(lons(scene)) == {at_ms - ago * 1000 for ago in (0, 1, 2, 3, 4, 5, 6, 8)}
        assert not scene.store.faults

    played("jt809", platform, play)


def lons(scene: Scene) -> list[int]:
    return [one.time for one in scene.store.readings if one.sensor == f"{NAME}.lon"]


@pytest.mark.parametrize("edition", [2011, 2019])
def test_a_platform_and_its_vehicles_are_asked(edition: int) -> None:
    platform = Platform(CENTRE, edition=edition)

    async def play(scene: Scene) -> None:
        await scene.until(lambda: platform.is_signed_in)
        platform.tell(BUS, now_ms() // 1000 * 1000, HERE, now_ms())
        said = await scene.asked(NAME, "text", text="前方塌方，请绕行")
        assert (said.header["sub"], said.fields["result"]) == ("0x1503", 0)
        photo = await scene.asked(NAME, "photo")
        assert photo.fields["photo"] == "ffd8ffd9"
        assert photo.fields["gnss"]["position"]["lat"] == 30.6611
        driver = await scene.asked(NAME, "driver")
        assert driver.fields["driver"] == "张三"
        live = await scene.asked(NAME, "live", channel=1)
        assert (live.fields["server"], live.fields["port"]) == ("127.0.0.1", 1078)
        duty = await scene.asked(str(CENTRE), "duty", text="1+1=?")
        assert duty.fields["text"] == "在岗"
        handled = await scene.asked(
            NAME, "supervise", warning="0x0002", warned_at=now_ms() // 1000,
            until=now_ms() // 1000 + 3600,
        )  # fmt: skip
        assert handled.fields["result"] == 1
        assert ("0x9503", "前方塌方，请绕行") in [
            (n, told.get("text")) for n, told in platform.done
        ]

    played("jt809", platform, play)


def test_who_may_not_sign_in_is_told_and_its_vehicles_are_not_believed() -> None:
    platform = Platform(CENTRE, password="wrong")

    async def play(scene: Scene) -> None:
        await scene.until(lambda: platform.result == 4)
        platform.is_signed_in = True
        platform.tell(BUS, now_ms() // 1000 * 1000, HERE, now_ms())
        await scene.until(lambda: len(scene.store.faults) == 2)
        assert not scene.store.readings

    played("jt809", platform, play, words={"accounts": {"10": "secret"}})


def test_the_sub_link_is_called_and_proved_with_the_code_of_the_main_one() -> None:
    platform, words = Platform(CENTRE), {"secret": "thirty letters of our own", "sub_link": True}

    async def sign_in(scene: Scene) -> None:
        await scene.until(lambda: platform.is_signed_in)
        assert not platform.done  # nothing of a sub link that is lost

    played("jt809", platform, sign_in, words=words)
    sub = Platform(CENTRE, is_sub=True, verify_code=platform.verify_code, edition=2019)

    async def play(scene: Scene) -> None:
        await scene.until(lambda: sub.is_signed_in)
        sub.tell(BUS, now_ms() // 1000 * 1000, HERE, now_ms())
        await scene.until(lambda: scene.last(f"{NAME}.speed") == 36)
        said = await scene.asked(NAME, "text", text="前方塌方，请绕行")
        assert said.fields["result"] == 0
        assert not scene.store.faults

    words |= {"centre": CENTRE, "edition": 2019, "accounts": {"10": "secret"}}
    called("jt809", sub, play, words=words)


def test_a_sub_link_with_another_code_is_not_taken_and_says_so() -> None:
    sub = Platform(CENTRE, is_sub=True, verify_code=1)

    async def play(scene: Scene) -> None:
        await scene.until(lambda: scene.store.faults)
        assert "does not take our sub link (result 1)" in scene.store.faults[0].reason

    called("jt809", sub, play, words={"centre": CENTRE})


def test_a_photograph_is_kept_as_a_file_once_it_can_be() -> None:
    platform = Platform(CENTRE)

    async def play(scene: Scene) -> None:
        await scene.until(lambda: platform.is_signed_in)
        platform.tell(BUS, now_ms() // 1000 * 1000, HERE, now_ms())
        await scene.asked(NAME, "photo")
        await scene.until(lambda: scene.store.media)
        (photo,) = scene.store.media
        assert (photo.data.hex(), photo.note) == ("ffd8ffd9", "图像 镜头1")

    played("jt809", platform, play)
