"""What a risk is about: as somebody writes it, or as an alarm or a warning suggests it."""

from dataclasses import astuple, dataclass
from typing import Any

from django.utils.translation import gettext as _

from anlan.apps.atlas.queries import enterprises, objects, region_path
from anlan.apps.warning.acts import OPEN_RISK
from anlan.apps.warning.models import Risk, Warning
from anlan.apps.warning.queries.incoming import incoming_for
from anlan.apps.warning.queries.incoming.mapping import suggested
from anlan.apps.warning.queries.reach import plain, warning_for
from anlan.apps.warning.queries.risk.holders import Place
from anlan.apps.warning.queries.writing.drafting import event_for, event_named, events_of
from anlan.apps.watch.queries import alarm_for, alarms
from anlan.apps.watch.sentence import sentence
from anlan.desk.asker import Asker
from anlan.terms.errors import Refused
from anlan.terms.places import is_region

_SOURCE = Risk.Source
_MOST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """As `Risk` has them; kind: the name of an event of the pack."""

    pack: str
    kind: str
    level: int
    region: str
    text: str
    owner: str = ""
    thing: str = ""
    thing_name: str = ""
    status: str = "Actual"
    source: str = _SOURCE.HAND
    cause: str = ""

    @property
    def place(self) -> Place:
        """Where it is."""
        return Place(self.region, self.owner, self.thing)

    def as_list(self) -> list[Any]:
        """All of it, in one order."""
        return list(astuple(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What somebody wrote; event: `pack:name` · thing: key or whole name of an object or an
    enterprise, which then says the region · origin: `alarm:KEY`, `warning:KEY`, `incoming:KEY`,
    or empty."""

    event: str
    level: int
    region: str
    text: str
    thing: str = ""
    origin: str = ""


def read_facts(asker: Asker, written: Written) -> Facts:
    """What a risk is about, as somebody wrote it.

    Refused naming what is wrong, and for a place outside the asker's jurisdiction.
    """
    pack, _colon, kind = written.event.partition(":")
    if event_named(pack, kind) is None:
        raise Refused(_("There is no such event."))
    said = plain(written.text).strip()
    if not said or len(said) > _MOST:
        raise Refused(_("Describe the risk, in at most %(most)d characters.") % {"most": _MOST})
    first = from_source(asker, written.origin) if written.origin else {}
    found = _thing(asker, first, plain(written.thing).strip())
    where = found.get("region") or written.region
    if not is_region(where) or not asker.may(OPEN_RISK, where):
        raise Refused(_("This place is not in your jurisdiction."))
    kept = {name: first[name] for name in ("status", "source", "cause") if name in first}
    return Facts(pack=pack, kind=kind, level=written.level, text=said, **kept,
                 **found | {"region": where})  # fmt: skip


def _thing(asker: Asker, first: dict[str, Any], name: str) -> dict[str, str]:
    """The object or the enterprise of that key or name; Refused where there is none, or several."""
    if not name:
        return {}
    if name in (first.get("thing"), first.get("thing_name")):
        names = ("region", "owner", "thing", "thing_name")
        return {one: str(first[one]) for one in names}
    for rows in (objects(asker), enterprises(asker)):
        same = list(rows.filter(key=name)[:1]) or list(rows.filter(name=name)[:2])
        if len(same) > 1:
            raise Refused(_("Several are called so: give the key."))
        if same:
            one = same[0]
            return {"region": one.region, "owner": one.owner, "thing": one.key,
                    "thing_name": one.name}  # fmt: skip
    raise Refused(_("There is no such object or enterprise in your jurisdiction."))


def from_source(asker: Asker, origin: str) -> dict[str, Any]:
    """What an alarm or a warning suggests; Http404 where the asker does not see it.

    Refused for what is none of these.
    """
    name, _colon, key = origin.partition(":")
    read = {"alarm": _from_alarm, "warning": _from_warning, "incoming": _from_incoming}.get(name)
    if read is None:
        raise Refused(_("A risk is opened from an alarm, a warning, or by hand."))
    return {"source": name, **read(asker, key)}


def _from_alarm(asker: Asker, key: str) -> dict[str, Any]:
    alarm = alarm_for(asker, key)
    event = event_for(alarm.pack, alarm.rule)
    return {
        "cause": alarm.key, "status": alarm.status, "pack": alarm.pack,
        "kind": event.name if event else "", "level": alarm.level or alarm.peak,
        "region": alarm.region, "owner": alarm.owner, "thing": alarm.object_key,
        "thing_name": alarm.object_name, "text": f"{alarm.object_name}：{sentence(alarm)}",
    }  # fmt: skip


def _from_warning(asker: Asker, key: str) -> dict[str, Any]:
    one = warning_for(asker, key)
    event = next((e for e in events_of(one.pack) if e.title.zh == one.event_zh), None)
    found = {
        "cause": one.key, "status": one.status, "pack": one.pack,
        "kind": event.name if event else "", "level": one.level,
        "region": one.region, "owner": "", "thing": "", "thing_name": "",
        "text": one.description_zh or one.headline_zh,
    }  # fmt: skip
    is_of_alarm = bool(one.cause) and one.cause.partition(":")[1] == ""
    if is_of_alarm:
        found |= _place_of(asker, one.cause)
    return found


def _place_of(asker: Asker, key: str) -> dict[str, Any]:
    """Where an alarm is; nothing where the asker does not see it: a warning that several sign."""
    alarm = alarms(asker).filter(key=key).first()
    return {} if alarm is None else {
        "region": alarm.region, "owner": alarm.owner, "thing": alarm.object_key,
        "thing_name": alarm.object_name,
    }  # fmt: skip


def _from_incoming(asker: Asker, key: str) -> dict[str, Any]:
    one = incoming_for(asker, key)
    known = suggested(one)
    here = next((code for code in (one.region, *one.regions)
                 if code and asker.may(OPEN_RISK, code)), "")  # fmt: skip
    return {
        "cause": one.key, "status": Warning.Status(one.status).value,
        "pack": known.pack if known else "", "kind": known.event.name if known else "",
        "level": one.level, "region": here, "owner": "", "thing": "", "thing_name": "",
        "text": f"{one.office or one.sender}：{one.headline_zh or one.headline_en} "
        f"({one.area or region_path(here)})",
    }  # fmt: skip
