"""The MQTT door of the loop: what a session received goes to the beat, the rest is set aside."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from anlan.connectors import Fault, Reading
from anlan.connectors.mqtt.mapping import Mapping
from anlan.connectors.mqtt.session import Session
from anlan.live.decode import decoded, plain
from anlan.live.decode.keytable import ABSENT
from anlan.live.gateway.devices.presence import Presence, Scribe
from anlan.live.loop.beat import Beat, Done, Offer
from anlan.live.quarantine import Quarantine
from anlan.live.view import MQTT, View
from anlan.terms.errors import Unavailable
from anlan.terms.quality import Verdict
from anlan.terms.times import NEVER

_LOOK_S = 1.0


class Entrance:
    """The sink of a session; runs in the session's thread.

    A sender over MQTT hears no refusal, so every refused row goes to the quarantine.
    """

    def __init__(self, beat: Beat, quarantine: Quarantine, view: Callable[[], View]) -> None:
        self._beat, self._quarantine, self._view = beat, quarantine, view
        self.refused: Counter[str] = Counter()

    def put(self, readings: Sequence[Reading], faults: Sequence[Fault]) -> None:
        """Stores, then sets aside; in this order a repetition repeats nothing."""
        rows = [plain.Reading(*one) for one in readings]
        handles = self._view().table.find([one.sensor for one in rows]).tolist()
        known = [(h, one) for h, one in zip(handles, rows, strict=True) if h != ABSENT]
        aside = decoded.Faults()
        for fault in faults:
            aside.add(decoded.Fault(0, *fault[:3]))
            aside.count(fault.code, fault.rows - 1)
        for h, one in zip(handles, rows, strict=True):
            if h == ABSENT:
                _set_aside(aside, decoded.UNKNOWN_SENSOR, one)
        now = self._beat.clock.now()
        if known:
            verdicts = self._stored(known, now).tolist()
            for (_, one), v in zip(known, verdicts, strict=True):
                if v > Verdict.DUPLICATE:
                    _set_aside(aside, Verdict(v).code, one)
        if aside.kept:
            unseen = aside.counts.total() - len(aside.kept)
            self._quarantine.add(MQTT.source, aside.kept, at=now, unseen=unseen)
        self.refused.update(aside.counts)

    def _stored(self, known: list[tuple[int, plain.Reading]], now: int) -> Any:
        """A verdict for each, once they are durable; raises what the loop answers instead."""
        batch = decoded.batch_of(known)
        received = np.where(batch.received == NEVER, now, np.minimum(batch.received, now))
        answers: list[Done] = []
        answered = threading.Event()

        def tell(done: Done) -> None:
            answers.append(done)
            answered.set()

        self._beat.offer(Offer(batch._replace(received=received), tell))
        while not answered.wait(_LOOK_S):
            if not self._beat.is_alive():
                raise Unavailable("the loop has stopped", retry_after_s=5)
        if answers[0].error is not None:
            raise answers[0].error
        return answers[0].verdicts


def _set_aside(aside: decoded.Faults, code: str, reading: plain.Reading) -> None:
    """Keeps a refused reading with the reason; beyond the bound it only counts."""
    if aside.has_room:
        reason = _REASONS[code].format(reading.sensor)
        aside.add(decoded.Fault(0, code, reason, decoded.as_text(reading)))
    else:
        aside.count(code, 1)


_REASONS = {
    decoded.UNKNOWN_SENSOR: "sensor {} is not registered",
    Verdict.CONFLICT.code: "another value of {} at this time is stored; the first stands",
    Verdict.BAD_TIME.code: "this time of {} cannot be right",
    Verdict.NOT_FINITE.code: "the value of {} is infinite",
}


class MqttDoor:
    """A session and its entrance, as the service holds them."""

    def __init__(self, mapping: Mapping, entrance: Entrance, data: Path) -> None:
        self._entrance = entrance
        where = f"{mapping.broker.host}:{mapping.broker.port}"
        presence = Presence("mqtt", f"mqtt:{mapping.broker.port}", where)
        self._session = Session(mapping, entrance, presence.hear)
        self._scribe = Scribe(data, [presence]) if mapping.has_devices else None

    def start(self) -> None:
        """Begins; an absent broker is no error."""
        if self._scribe:
            self._scribe.start()
        self._session.start()

    def stop(self, wait_s: float) -> None:
        """Ends after the present group."""
        self._session.stop(wait_s)
        if self._scribe:
            self._scribe.stop()

    def status(self) -> dict[str, Any]:
        """What those on duty should see."""
        lost = self._session.dropped
        counts, broker = self._session.counts, self._session.mapping.broker
        return {
            "broker": f"{broker.host}:{broker.port}",
            "trouble": self._session.trouble or "none",
            "messages": counts.messages,
            "acknowledged": counts.acknowledged,
            "waiting": self._session.waiting,
            "sessions_lost": counts.sessions_lost,
            "dropped_by_broker": "none told" if lost is None else lost,
            "refused": self._entrance.refused.total(),
        }
