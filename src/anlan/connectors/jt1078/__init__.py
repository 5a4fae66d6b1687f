"""Media packets 音视频流 of JT/T 1078-2016: what a terminal sends a media server.

They are read here to see what arrives; nobody is answered, and nothing is kept or shown. Video is
asked for by JT/T 808, whose connector has the messages for it.
"""

from anlan.connectors.frames import Speech
from anlan.connectors.jt1078.packet import MOST
from anlan.connectors.jt1078.talk import Stream

PROTOCOL = Speech(
    name="jt1078",
    title="JT/T 1078-2016",
    talk=Stream,
    most_bytes=MOST,
    port=1078,
    is_datagram=True,
)
