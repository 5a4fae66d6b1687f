"""Ships by AIS 船舶自动识别系统, and receivers by NMEA 0183: lines of text, over TCP and UDP."""

from anlan.connectors.ais.lines import MOST_LINE
from anlan.connectors.ais.measures import measure
from anlan.connectors.ais.parcels import MOST_PARTS
from anlan.connectors.ais.talk import Talk
from anlan.connectors.frames import Speech

PROTOCOL = Speech(
    name="ais",
    title="AIS (ITU-R M.1371, IEC 61162-1 / NMEA 0183) 船舶自动识别系统",
    talk=Talk,
    most_bytes=MOST_PARTS * MOST_LINE,
    is_text=True,
    measure=measure,
    is_datagram=True,
    spans=True,
)
