"""SL 651-2014 水文监测数据通信规约: rain gauges, gauges of levels, and their centre."""

from anlan.connectors.frames import Speech
from anlan.connectors.sl651.asks import ASKS
from anlan.connectors.sl651.measures import measure
from anlan.connectors.sl651.media import media
from anlan.connectors.sl651.packet import MOST_BYTES
from anlan.connectors.sl651.secret import SECRETS, covered
from anlan.connectors.sl651.talk import StationTalk

PROTOCOL = Speech(
    name="sl651",
    title="SL 651-2014 水文监测数据通信规约",
    talk=StationTalk,
    most_bytes=MOST_BYTES,
    is_datagram=True,
    asks=ASKS,
    measure=measure,
    secrets=SECRETS,
    covered=covered,
    media=media,
)
