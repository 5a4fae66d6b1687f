"""Which sensor a device's quantity is, as the settings say."""

from collections.abc import Mapping, Sequence

from anlan.terms.readings import Reading
from anlan.terms.sensors import is_key

_MOST = 200_000


class Names:
    """template: holds {device} and {quantity} · quantities: the only ones that are taken, empty for
    all · sensors: `DEVICE.QUANTITY` → key, before the template · fresh: device, quantity and key of
    those that were met anew, for whoever takes them.
    """

    def __init__(
        self, template: str, quantities: Sequence[str], sensors: Mapping[str, str]
    ) -> None:
        self._template, self._quantities = template, frozenset(quantities)
        self._sensors = sensors
        self._known: dict[str, str] = {}
        self.fresh: list[tuple[str, str, str]] = []

    def key_of(self, device: str, name: str) -> str:
        """The key of `DEVICE.QUANTITY`; empty where it is not taken, or could be no key."""
        found = self._known.get(name)
        if found is None:
            if len(self._known) >= _MOST:
                self._known = {}
            found = self._known[name] = self._made(device, name)
            if found and len(self.fresh) < _MOST:
                self.fresh.append((device, name[len(device) + 1 :], found))
        return found

    def keys_of(self, device: str, readings: Sequence[Reading]) -> list[str]:
        """The same of each reading of a device."""
        known = self._known
        try:
            return [known[one[0]] for one in readings]
        except KeyError:  # some are new
            return [self.key_of(device, one.sensor) for one in readings]

    def _made(self, device: str, name: str) -> str:
        if (told := self._sensors.get(name)) is not None:
            return told
        quantity = name[len(device) + 1 :]
        if self._quantities and quantity not in self._quantities:
            return ""
        filled = self._template.replace("{quantity}", quantity)
        key = filled.replace("{device}", device)
        return key if is_key(key) else ""
