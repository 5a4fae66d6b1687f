"""Unmanned aircraft by MAVLink 1 and 2: where they are, how they fly, what they warn of."""

from anlan.connectors.frames import Speech
from anlan.connectors.mavlink.packet import MOST_BYTES
from anlan.connectors.mavlink.readings import measure
from anlan.connectors.mavlink.talk import Talk

PROTOCOL = Speech(
    name="mavlink",
    title="MAVLink 1/2 无人机遥测",
    talk=Talk,
    most_bytes=MOST_BYTES,
    port=14550,
    is_datagram=True,
    measure=measure,
    secrets=frozenset({"key"}),
)
