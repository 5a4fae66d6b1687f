"""Electric vehicles 电动汽车远程服务与管理: terminals and platforms, over TCP."""

from anlan.connectors.frames import Speech
from anlan.connectors.gb32960.heads import MOST_BYTES
from anlan.connectors.gb32960.measures import measure
from anlan.connectors.gb32960.parameters import NAMES
from anlan.connectors.gb32960.secret import SECRETS, covered
from anlan.connectors.gb32960.talk import Talk

PROTOCOL = Speech(
    name="gb32960",
    title="GB/T 32960.3-2016 电动汽车远程服务与管理系统技术规范 通讯协议及数据格式",
    talk=Talk,
    most_bytes=MOST_BYTES,
    asks=NAMES,
    measure=measure,
    secrets=SECRETS,
    covered=covered,
)
