"""The MQTT door of the loop: what a session received goes to the beat, the rest is set aside."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from anlan.connectors import Fault, Reading
from anlan.connectors.mqtt.mapping import Mapping
from anlan.connectors.mqtt.session import Session
from anlan.live.decode import decoded, plain
from anlan.live.decode.keytable import ABSENT
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
        aside = [decoded.Fault(0, *fault) for fault in faults]
        aside += [
            decoded.unknown(0, one.sensor, decoded.as_text(one))
            for h, one in zip(handles, rows, strict=True)
            if h == ABSENT
        ]
        now = self._beat.clock.now()
        if known:
            verdicts = self._stored(known, now).tolist()
            aside += [
                _refused(one, Verdict(v))
                for (_, one), v in zip(known, verdicts, strict=True)
                if v > Verdict.DUPLICATE
            ]
        if aside:
            self._quarantine.add(MQTT.source, aside, at=now)
        self.refused.update(fault.code for fault in aside)

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


def _refused(reading: plain.Reading, verdict: Verdict) -> decoded.Fault:
    reason = _REASONS[verdict].format(reading.sensor)
    return decoded.Fault(0, verdict.code, reason, decoded.as_text(reading))


_REASONS = {
    Verdict.CONFLICT: "another value of {} at this time is stored; the first stands",
    Verdict.BAD_TIME: "this time of {} cannot be right",
    Verdict.NOT_FINITE: "the value of {} is infinite",
}


class MqttDoor:
    """A session and its entrance, as the service holds them."""

    def __init__(self, mapping: Mapping, entrance: Entrance) -> None:
        self._entrance = entrance
        self._session = Session(mapping, entrance)
        self.start, self.stop = self._session.start, self._session.stop

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
