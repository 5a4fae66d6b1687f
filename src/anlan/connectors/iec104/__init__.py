"""Telecontrol 远动: substations, pumping stations and plants that wait to be called."""

from anlan.connectors.frames import Speech
from anlan.connectors.iec104.apdu import MOST_BYTES
from anlan.connectors.iec104.asks import NAMES
from anlan.connectors.iec104.talk import Talk

PROTOCOL = Speech(
    name="iec104",
    title="IEC 60870-5-104 (DL/T 634.5104) 远动网络访问",
    talk=Talk,
    most_bytes=MOST_BYTES,
    port=2404,
    asks=NAMES,
    leads=True,
)
