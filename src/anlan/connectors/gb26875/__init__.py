"""Urban fire remote monitoring 城市消防远程监控系统: transmission devices, over TCP and UDP."""

from anlan.connectors.frames import Speech
from anlan.connectors.gb26875.asks import NAMES
from anlan.connectors.gb26875.heads import MOST_BYTES
from anlan.connectors.gb26875.measures import measure
from anlan.connectors.gb26875.talk import Talk

PROTOCOL = Speech(
    name="gb26875",
    title="GB/T 26875.3-2011 城市消防远程监控系统 报警传输网络通信协议",
    talk=Talk,
    most_bytes=MOST_BYTES,
    is_datagram=True,
    asks=NAMES,
    measure=measure,
)
