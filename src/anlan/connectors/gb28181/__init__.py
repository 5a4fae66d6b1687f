"""GB/T 28181: cameras, recorders and video platforms, over UDP and TCP; signalling only."""

from anlan.connectors.frames import Speech
from anlan.connectors.gb28181.sip.cut import MOST_BYTES
from anlan.connectors.gb28181.talk import Talk

PROTOCOL = Speech(
    name="gb28181",
    title="GB/T 28181 公共安全视频监控联网系统信息传输、交换、控制技术要求",
    talk=Talk,
    most_bytes=MOST_BYTES,
    port=5060,
    is_text=True,
    is_datagram=True,
)
