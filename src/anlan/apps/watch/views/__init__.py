"""Pages of the watch."""

from anlan.apps.watch.views.case.page import act, alarm, picture
from anlan.apps.watch.views.figures.cockpit import cockpit
from anlan.apps.watch.views.figures.cockpit import part as cockpit_part
from anlan.apps.watch.views.figures.statistics import export as statistics_export
from anlan.apps.watch.views.figures.statistics import page as statistics
from anlan.apps.watch.views.lists.alarms import export
from anlan.apps.watch.views.lists.alarms import page as alarms
from anlan.apps.watch.views.lists.desk import desk, rows, strip
from anlan.apps.watch.views.stream import stream
from anlan.apps.watch.views.things.charts import chart
from anlan.apps.watch.views.things.hints import hints
from anlan.apps.watch.views.things.page import card, page, sensor

__all__ = [
    "act",
    "alarm",
    "alarms",
    "card",
    "chart",
    "cockpit",
    "cockpit_part",
    "desk",
    "export",
    "hints",
    "page",
    "picture",
    "rows",
    "sensor",
    "statistics",
    "statistics_export",
    "stream",
    "strip",
]
