"""A simulated vehicle before the real gateway: what is not answered is reported again."""

from anlan.sandtable.fleet.gb32960 import Vehicle
from tests.wire.scenes import Scene, played

VIN = "LTESTVN0000000001"
STILL = {
    "state": 1, "charge": 1, "mode": 1, "speed": 0, "mileage": 7212.5, "voltage": 380.1,
    "current": -12.5, "soc": 26, "dcdc": 1, "gear": 0, "insulation": 4444, "accelerator": 0,
    "brake": 0,
}  # fmt: skip
EXTREMES = {
    "cell_voltage_max_system": 1, "cell_voltage_max_cell": 3, "cell_voltage_max": 3.381,
    "cell_voltage_min_system": 1, "cell_voltage_min_cell": 9, "cell_voltage_min": 3.2,
    "temperature_max_system": 1, "temperature_max_probe": 2, "temperature_max": 61,
    "temperature_min_system": 1, "temperature_min_probe": 1, "temperature_min": -7,
}  # fmt: skip


def test_a_hot_battery_is_reported_stored_and_answered() -> None:
    vehicle = Vehicle(VIN, STILL, EXTREMES, alarms=2, alarm_level=3, off_ms=-300_000)

    async def play(scene: Scene) -> None:
        await scene.until(lambda: vehicle.answered and not vehicle.kept)
        assert scene.last(f"{VIN}.temperature_max") == 61
        assert scene.last(f"{VIN}.temperature_min") == -7
        assert scene.last(f"{VIN}.cell_voltage_max") == 3.381
        assert scene.last(f"{VIN}.battery_hot") == 1
        assert (scene.last(f"{VIN}.lon"), scene.last(f"{VIN}.current")) == (122.1, -12.5)
        assert abs(vehicle.off_ms) < 2_000
        assert not scene.store.faults

    played("gb32960", vehicle, play)


def test_what_could_not_be_stored_is_reported_again_when_the_line_is_back() -> None:
    vehicle = Vehicle(VIN, STILL, EXTREMES, report_s=0.1)

    async def play(scene: Scene) -> None:
        scene.store.is_away = True
        await scene.until(lambda: len(vehicle.kept) >= 3)
        scene.store.is_away = False
        scene.station.devices[VIN].back.cut()
        await scene.until(lambda: len(vehicle.kept) <= 1)
        assert len({one.time for one in scene.store.readings}) >= 1
        assert scene.last(f"{VIN}.soc") == 26

    played("gb32960", vehicle, play)


def test_parameters_are_set_and_read() -> None:
    vehicle = Vehicle(VIN, STILL, EXTREMES)

    async def play(scene: Scene) -> None:
        done = await scene.asked(VIN, "set_parameters", report_period_s=30, platform="fire.cn")
        assert done.header["resp"] == 1
        told = await scene.asked(VIN, "read_parameters")
        assert told.fields["parameters"] == {"report_period_s": 30, "platform": "fire.cn"}

    played("gb32960", vehicle, play)
