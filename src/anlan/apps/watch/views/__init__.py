"""Pages of the watch."""

from anlan.apps.watch.views.alarm import act, alarm, picture
from anlan.apps.watch.views.charts import chart
from anlan.apps.watch.views.desk import desk, rows, strip
from anlan.apps.watch.views.objects import card, page
from anlan.apps.watch.views.stream import stream

__all__ = [
    "act",
    "alarm",
    "card",
    "chart",
    "desk",
    "page",
    "picture",
    "rows",
    "stream",
    "strip",
]
