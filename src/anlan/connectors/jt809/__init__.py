"""Platforms of vehicles 平台数据交换: JT/T 809-2011 and -2019 with the video of JT/T 1078, as the
upper platform on the main link.
"""

from anlan.connectors.frames import Speech
from anlan.connectors.jt809.asks import ASKS
from anlan.connectors.jt809.frame import MOST
from anlan.connectors.jt809.media import media
from anlan.connectors.jt809.secret import SECRETS, covered
from anlan.connectors.jt809.talk import Conversation
from anlan.connectors.road.measures import measure

PROTOCOL = Speech(
    name="jt809",
    title="JT/T 809-2011/2019",
    talk=Conversation,
    most_bytes=MOST,
    port=6809,
    asks=tuple(ASKS),
    measure=measure,
    secrets=SECRETS,
    covered=covered,
    media=media,
)
