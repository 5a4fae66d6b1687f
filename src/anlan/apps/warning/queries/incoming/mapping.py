"""Which hazard of ours an official warning is about, by the events of the packs."""

from typing import NamedTuple

from anlan.apps.atlas.meaning import packs
from anlan.apps.warning.models.incoming import Incoming
from anlan.apps.warning.queries.writing.drafting import events_of
from anlan.packs import Event


class Suggested(NamedTuple):
    """A hazard and the event of its pack."""

    pack: str
    event: Event


def suggested(one: Incoming) -> Suggested | None:
    """The event whose code or name the warning bears; None where no pack knows it."""
    every = [Suggested(pack, event) for pack in packs() for event in events_of(pack)]
    by_code = (each for each in every if one.code and each.event.code == one.code)
    by_name = (each for each in every if each.event.title.zh == one.event_zh
               or each.event.title.en.casefold() == one.event_en.casefold())  # fmt: skip
    return next(by_code, None) or next(by_name, None)
