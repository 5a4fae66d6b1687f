"""Reads of the watch, limited to the asker's jurisdiction."""

from anlan.apps.watch.queries.counting import Counts, counts
from anlan.apps.watch.queries.districts import District, formula, four_colours, worst_district
from anlan.apps.watch.queries.gates import assignable, may_act, people_of, possible, undoable
from anlan.apps.watch.queries.listing import Page, Wanted, listing, selected
from anlan.apps.watch.queries.noise import Flood, Noise, Noisy, noise
from anlan.apps.watch.queries.past import Stood, stood_at
from anlan.apps.watch.queries.quiet import Kept, kept, shelves, windows
from anlan.apps.watch.queries.reach import (
    alarm_for,
    alarms,
    mine,
    picture_for,
    revision,
    revision_for,
    unplaced,
)
from anlan.apps.watch.queries.statistics import Figures, Spans, Statistics, statistics
from anlan.apps.watch.queries.timeline import Entry, deadlines_of, parts_of, timeline

__all__ = [
    "Counts",
    "District",
    "Entry",
    "Figures",
    "Flood",
    "Kept",
    "Noise",
    "Noisy",
    "Page",
    "Spans",
    "Statistics",
    "Stood",
    "Wanted",
    "alarm_for",
    "alarms",
    "assignable",
    "counts",
    "deadlines_of",
    "formula",
    "four_colours",
    "kept",
    "listing",
    "may_act",
    "mine",
    "noise",
    "parts_of",
    "people_of",
    "picture_for",
    "possible",
    "revision",
    "revision_for",
    "selected",
    "shelves",
    "statistics",
    "stood_at",
    "timeline",
    "undoable",
    "unplaced",
    "windows",
    "worst_district",
]
