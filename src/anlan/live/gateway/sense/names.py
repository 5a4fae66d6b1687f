"""Which sensor a device's quantity is, as the settings say."""

from collections.abc import Mapping, Sequence

from anlan.terms.sensors import is_key

_MOST = 200_000


class Names:
    """template: holds {device} and {quantity} · quantities: the only ones that are taken, empty for
    all · sensors: `DEVICE.QUANTITY` → key, before the template.
    """

    def __init__(
        self, template: str, quantities: Sequence[str], sensors: Mapping[str, str]
    ) -> None:
        self._template, self._quantities = template, frozenset(quantities)
        self._sensors = sensors
        self._known: dict[str, str] = dict(sensors)

    def key_of(self, device: str, name: str) -> str:
        """The key of `DEVICE.QUANTITY`; empty where it is not taken, or could be no key."""
        found = self._known.get(name)
        if found is None:
            if len(self._known) >= _MOST:
                self._known = dict(self._sensors)
            found = self._known[name] = self._made(device, name)
        return found

    def _made(self, device: str, name: str) -> str:
        quantity = name[len(device) + 1 :]
        if self._quantities and quantity not in self._quantities:
            return ""
        filled = self._template.replace("{quantity}", quantity)
        key = filled.replace("{device}", device)
        return key if is_key(key) else ""
