"""Weather of aerodromes 航空天气报告: METAR and SPECI, lines of text or bulletins."""

from anlan.connectors.frames import Speech
from anlan.connectors.metar.measures import measure
from anlan.connectors.metar.reports import MOST_BYTES
from anlan.connectors.metar.talk import Talk

PROTOCOL = Speech(
    name="metar",
    title="METAR/SPECI (WMO-No. 306, FM 15/16) 航空例行和特殊天气报告",
    talk=Talk,
    most_bytes=MOST_BYTES,
    is_text=True,
    measure=measure,
    is_datagram=True,
)
