"""HJ 212: pollution sources and stations of the environment, of 2005, 2017 and 2025."""

from anlan.connectors.frames import Speech
from anlan.connectors.hj212.asks import COMMANDS
from anlan.connectors.hj212.cut import MOST_BYTES
from anlan.connectors.hj212.measures import measure
from anlan.connectors.hj212.secret import SECRETS, covered
from anlan.connectors.hj212.talk import Talk

PROTOCOL = Speech(
    name="hj212",
    title="HJ 212 污染物在线监控（监测）系统数据传输标准",
    talk=Talk,
    most_bytes=MOST_BYTES,
    is_text=True,
    asks=tuple(COMMANDS),
    measure=measure,
    secrets=SECRETS,
    covered=covered,
)
