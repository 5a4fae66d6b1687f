"""Terminals in vehicles: JT/T 808-2011, -2013 and -2019, with the Su standard's alarms of driving
assistance and the signalling of JT/T 1078.
"""

from anlan.connectors.frames import Speech
from anlan.connectors.jt808.asks import ASKS
from anlan.connectors.jt808.frame import MOST
from anlan.connectors.jt808.media import media
from anlan.connectors.jt808.secret import SECRETS, covered
from anlan.connectors.jt808.talk import Conversation
from anlan.connectors.road.measures import measure

PROTOCOL = Speech(
    name="jt808",
    title="JT/T 808-2011/2013/2019",
    talk=Conversation,
    most_bytes=MOST,
    port=6808,
    is_datagram=True,
    asks=tuple(ASKS),
    measure=measure,
    secrets=SECRETS,
    covered=covered,
    media=media,
)
