"""Cursor-on-Target: TAK clients, in XML and in the TAK protocol of version 1."""

from anlan.connectors.cot.cut import MOST_BYTES
from anlan.connectors.cot.readings import measure
from anlan.connectors.cot.talk import Talk
from anlan.connectors.frames import Speech

PROTOCOL = Speech(
    name="cot",
    title="Cursor-on-Target 2.0, TAK protocol 1",
    talk=Talk,
    most_bytes=MOST_BYTES,
    port=8087,
    is_datagram=True,
    tells=True,
    measure=measure,
)
