"""A simulated weather desk before the real gateway."""

from anlan.sandtable.fleet.metar import Aerodrome, Desk
from tests.wire.scenes import Scene, now_ms, played


def test_the_weather_of_an_aerodrome_is_stored_at_the_minute_it_tells() -> None:
    storm = Aerodrome("ZSZS", 40, 18, 27, 800, "+TSRA", "BKN008CB", 22, 21, 998)
    desk = Desk([storm, Aerodrome("ZSSS", temperature=-3, dew_point=-9)])

    async def play(scene: Scene) -> None:
        await scene.until(lambda: scene.last("ZSSS.temperature") is not None)
        assert scene.last("ZSZS.wind_gust") == 27
        assert scene.last("ZSZS.visibility") == 800
        assert scene.last("ZSSS.temperature") == -3
        assert all(0 <= now_ms() - one.time < 120_000 for one in scene.store.readings)
        assert not scene.store.faults

    played("metar", desk, play)
