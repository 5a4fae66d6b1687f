"""One listener at work: frames of any connection are judged, counted and carried."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec

from anlan.connectors import Fault
from anlan.connectors.frames import Frame
from anlan.live.gateway.bounds import Crowd, Files, Most
from anlan.live.gateway.carrier import Back, Carrier, Load
from anlan.live.gateway.devices.heard import Devices
from anlan.live.gateway.sense.clocks import REASONS, Clocks
from anlan.live.gateway.sense.dials import Dials
from anlan.live.gateway.sense.names import Names
from anlan.live.gateway.settings import Listener
from anlan.live.gateway.store import Store
from anlan.terms.readings import Reading

REFUSED, PARTLY, FOREIGN = "frame_refused", "frame_partly_read", "foreign_device"
_SHOWN_BYTES = 1_500
_ASIDE_OF_ADDRESS, _MOST_ASIDE, _WHILE_S = 20, 1_000, 600.0


class Station:
    """What the connections of a listener share. files: what they share with those of others."""

    def __init__(self, listener: Listener, store: Store, files: Files | None = None) -> None:
        self.listener, self.speech = listener, listener.speech
        self.way = listener.way._replace(began=time.time_ns() // 1_000_000, seen={})
        self.carrier = Carrier(listener.source, store)
        most = Most(listener.most_connections, listener.most_per_address)
        self.crowd = Crowd(most, listener.networks, files)
        self.devices = Devices(listener.device_frames_per_s, time.monotonic)
        self.faults: Counter[str] = Counter()
        self.last_fault: dict[str, tuple[int, str]] = {}
        self.asked: dict[tuple[str, str], asyncio.Queue[Frame]] = {}
        self.frames = self.last_at = 0
        self._allowed = frozenset(listener.devices)
        self._clocks, self._dials = Clocks(round(listener.ahead_s * 1000)), Dials()
        self.names = Names(listener.sensor, listener.quantities, listener.sensors)
        self._aside: Counter[str] = Counter()
        self._since = 0.0

    def take(self, frames: Sequence[Frame], back: Back, received: int) -> float:
        """Carries frames; how many seconds their devices should not be read for."""
        wait_s, now_s = 0.0, time.monotonic()
        self.frames += len(frames)
        self.last_at = received
        for frame in frames:
            if frame.device and not frame.reason:
                if self._allowed and frame.device not in self._allowed:
                    fault = self._fault(FOREIGN, "none of the devices allowed here", frame, back)
                    self._put(Load(frame, back, faults=[fault]))
                    back.cut()
                    continue
                device = self.devices.heard(frame.device, back, received)
                self.devices.keep(device, frame.raw)
                owed_s = device.rate.wait_s(1, now_s)
                wait_s = owed_s if owed_s > wait_s else wait_s
            self._judge(frame, back, received)
            if frame.leaves:
                self.devices.left({frame.device}, back)
        return wait_s

    def _judge(self, frame: Frame, back: Back, received: int) -> None:
        if frame.reason:
            fault = self._fault(REFUSED, frame.reason, frame, back)
            self._put(Load(frame, back, faults=[fault]))
            return
        waiting = self.asked.get((frame.device, frame.ask)) if frame.ask else None
        if waiting is not None and not waiting.full():
            waiting.put_nowait(frame)
        faults = [self._fault(PARTLY, frame.fault, frame, back)] if frame.fault else []
        load = Load(frame, back, received=received, faults=faults)
        if frame.readings:
            if frame.dials:
                code, believed = "", self._dials.dated(frame, received)
            else:
                code, believed = self._clocks.judged(frame, received)
            if code:
                faults.append(self._fault(code, REASONS[code], frame, back))
            self._name(load, believed)
        self._put(load)

    def _name(self, load: Load, readings: Sequence[Reading]) -> None:
        """Lets it carry what of its readings is taken here."""
        keys = self.names.keys_of(load.frame.device, readings)
        if not all(keys):
            readings = [one for one, key in zip(readings, keys, strict=True) if key]
            keys = [key for key in keys if key]
        load.readings, load.keys = readings, keys

    def _put(self, load: Load) -> None:
        media_of = self.speech.media
        if media_of is not None and not load.frame.reason:
            load.media = media_of(load.frame)
        if load.readings or load.faults or load.media:
            self.carrier.put(load)
        else:
            load.back.answer(load.frame)

    def _fault(self, code: str, reason: str, frame: Frame, back: Back) -> Fault:
        """A frame set aside; of a flood only how many there were."""
        self.faults[code] += 1
        self.devices.fault(frame.device, code)
        self.last_fault[code] = (self.last_at, frame.device)
        return Fault(
            code, reason, self._told(frame, back) if self._is_kept(code, frame, back) else b""
        )

    def _is_kept(self, code: str, frame: Frame, back: Back) -> bool:
        """Not so for more than some of one address, or for the same of one device, in a while."""
        now_s = time.monotonic()
        if now_s - self._since > _WHILE_S:
            self._aside.clear()
            self._since = now_s
        who = f"{code} {frame.device}" if frame.is_ok else back.address
        if who not in self._aside and len(self._aside) >= _MOST_ASIDE:
            return False
        self._aside[who] += 1
        return self._aside[who] <= (1 if frame.is_ok else _ASIDE_OF_ADDRESS)

    def _told(self, frame: Frame, back: Back) -> bytes:
        told: dict[str, Any] = {
            "protocol": self.speech.name, "version": self.speech.version, "from": back.address,
            "device": frame.device, "bytes": len(frame.raw),
            "frame": self.speech.covered(frame.raw)[:_SHOWN_BYTES].hex(),
        }  # fmt: skip
        return msgspec.json.encode(told)
