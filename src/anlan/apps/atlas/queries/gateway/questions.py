"""What may be asked of devices and told to them, in plain words, as data.

Only what stands here is offered on pages. A change is what a device keeps: it needs another right
and a confirmation.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question. kind: text, number or list (texts with commas between), or one of
    `choices` · is_needed: it cannot be left empty."""

    name: str
    title: "StrPromise"
    kind: str = "text"
    is_needed: bool = True
    choices: tuple[tuple[str, "StrPromise | str"], ...] = ()
    hint: "StrPromise | str" = ""


@dataclass(frozen=True, slots=True)
class Question:
    """changes: whether the device keeps something of it · shape: what its words become."""

    name: str
    title: "StrPromise"
    words: tuple[Word, ...] = ()
    changes: bool = False
    shape: Callable[[Values], Values] = dict
    asks: str = ""

    @property
    def said(self) -> str:
        """What the protocol calls it."""
        return self.asks or self.name


def _ask(name: str, title: "StrPromise", *words: Word) -> Question:
    return Question(name, title, words)


def _change(name: str, title: "StrPromise", *words: Word) -> Question:
    return Question(name, title, words, changes=True)


_CODE = Word("quantity", _("Code of the quantity"), hint="w01018")
_SPAN = (
    Word("begin", _("From"), hint="2026-07-01T00:00:00+08:00"),
    Word("end", _("Until"), hint="2026-07-01T06:00:00+08:00"),
)
_SECONDS = Word("seconds", _("Seconds"), "number")
_MINUTES = Word("minutes", _("Minutes"), "number")
_LIST = Word("elements", _("Codes of the elements"), "list", hint="Z,P1,VT")
_SL_NUMBERS = (
    ("20", _("interval of regular reports, h")),
    ("21", _("interval of extra reports, min")),
    ("23", _("interval of sampling, s")),
    ("27", _("extra report from so much rain on, mm")),
    ("38", _("extra report from this level on, m")),
    ("40", _("above it, extra report at each rise of, m")),
    ("41", _("below it, extra report at each change of, m")),
)
_JT_NUMBERS = (
    ("most_kmh", _("highest speed, km/h")),
    ("overspeed_s", _("overspeed told after, s")),
    ("most_driving_s", _("longest time at the wheel, s")),
    ("least_rest_s", _("shortest rest, s")),
    ("interval_s", _("interval of positions, s")),
    ("heartbeat_s", _("interval of heartbeats, s")),
)
_GB_NUMBERS = (
    ("report_period_s", _("interval of reports, s")),
    ("storage_period_ms", _("interval of storing, ms")),
    ("beat_period_s", _("interval of heartbeats, s")),
)
_VALUE = Word("value", _("New value"), "number")
_PART = (
    Word("system", _("System (type)"), "number"),
    Word("address", _("Address of the system"), "number", is_needed=False),
)
_PLACE = (
    *_PART,
    Word("zone", _("Zone"), "number"),
    Word("position", _("Number of the component"), "number"),
)


def _setting(choices: tuple[tuple[str, "StrPromise"], ...]) -> tuple[Word, ...]:
    return Word("setting", _("Setting"), choices=choices), _VALUE


_ALL: Mapping[str, tuple[Question, ...]] = {
    "hj212": (
        _ask("read_time", _("Read its clock")),
        _ask("read_interval", _("Read the interval of its readings")),
        _ask("read_minutes", _("Fetch minute values again"), *_SPAN),
        _ask("read_hours", _("Fetch hourly values again"), *_SPAN),
        _ask("read_days", _("Fetch daily values again"), *_SPAN),
        _ask("keep_sample", _("Keep a sample because a limit is passed")),
        _ask("sample_now", _("Take a sample now"), _CODE),
        _change("set_time", _("Set its clock to now")),
        _change("set_interval", _("Set the interval of its readings"), _SECONDS),
        _change("set_minute_interval", _("Set the interval of its minute values"), _MINUTES),
        _change("start_realtime", _("Start sending readings")),
        _change("stop_realtime", _("Stop sending readings")),
        _change("calibrate", _("Calibrate zero and span"), _CODE),
        _change("clean", _("Clean and flush"), _CODE),
    ),
    "sl651": (
        _ask("realtime", _("Fetch what it measures now")),
        _ask("elements", _("Fetch these elements"), _LIST),
        _ask("picture", _("Take a picture")),
        _ask("manual", _("Fetch the last text entered by hand")),
        _ask("clock", _("Read its clock")),
        _ask("state", _("Read its states and alarms")),
        _ask("version", _("Read its version")),
        _ask("events", _("Read its counts of events")),
        Question(
            "read_running", _("Read settings"),
            (Word("settings", _("Identifiers of the settings"), "list", hint="20,27,38"),),
        ),
        _change("set_time", _("Set its clock to now")),
        Question(
            "set_threshold", _("Set a threshold or an interval"), _setting(_SL_NUMBERS),
            changes=True, asks="set_running",
            shape=lambda words: {"settings": {words["setting"]: words["value"]}},
        ),
    ),
    "jt808": (
        _ask("locate", _("Ask where it is")),
        _ask("picture", _("Take a picture"),
             Word("channel", _("Camera"), "number", is_needed=False, hint="1")),
        _ask("text", _("Send a text to the driver"), Word("text", _("Text"))),
        _ask("attributes", _("Read what it is")),
        _ask("driver", _("Ask who is at the wheel")),
        _ask("parameters", _("Read its settings")),
        Question(
            "track", _("Follow it more closely for a while"),
            (Word("interval_s", _("Seconds between positions"), "number"),
             Word("lasts_s", _("For how many seconds"), "number")),
        ),
        Question(
            "set_threshold", _("Set a threshold or an interval"), _setting(_JT_NUMBERS),
            changes=True, asks="set_parameters",
            shape=lambda words: {"values": {words["setting"]: words["value"]}},
        ),
    ),
    "jt809": (
        _ask("photo", _("Take a picture"),
             Word("lens", _("Camera"), "number", is_needed=False, hint="1")),
        _ask("text", _("Send a text to the driver"), Word("text", _("Text"))),
        _ask("vehicle", _("Read what it is")),
        _ask("driver", _("Ask who is at the wheel")),
        _ask("duty", _("Check that somebody is on duty"), Word("text", _("Text"))),
    ),
    "gb26875": (
        _ask("duty_check", _("Check that somebody is on duty"),
             Word("minutes", _("Answer within minutes"), "number", is_needed=False, hint="10")),
        _ask("device_state", _("Read the state of the device")),
        _ask("device_time", _("Read its clock")),
        _ask("device_software", _("Read its version")),
        _ask("system_state", _("Read the state of a system"), *_PART),
        _ask("component_state", _("Read the state of a component"), *_PLACE),
        _ask("analog", _("Read a measured value of a component"), *_PLACE),
        _change("set_clock", _("Set its clock to now")),
        _change("init", _("Start the device anew")),
    ),
    "gb32960": (
        _ask("read_parameters", _("Read its settings")),
        Question(
            "set_threshold", _("Set a threshold or an interval"), _setting(_GB_NUMBERS),
            changes=True, asks="set_parameters",
            shape=lambda words: {words["setting"]: words["value"]},
        ),
        _change("restart", _("Start the terminal anew")),
    ),
    "iec104": (
        _ask("interrogate", _("Fetch everything it has")),
        _ask("interrogate_counters", _("Fetch its counters")),
        _ask("read", _("Fetch one object"), Word("ioa", _("Address of the object"), "number")),
        _change("set_time", _("Set its clock to now")),
    ),
}  # fmt: skip


def questions_of(protocol: str) -> tuple[Question, ...]:
    """What can be asked of the devices of a protocol."""
    return _ALL.get(protocol, ())
