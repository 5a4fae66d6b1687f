"""GB/T 28181: cameras, recorders and video platforms, over UDP and TCP; signalling only.

The SIP here is that of a registrar and of one who asks for streams. The telephone calls of the
channels have another: theirs is one who calls, over UDP, with timers; connectors and channels do
not know each other, and what both could share, the lines of a header, is too little for a room.
"""

from anlan.connectors.frames import Speech
from anlan.connectors.gb28181.asks import NAMES
from anlan.connectors.gb28181.manscdp.measures import measure
from anlan.connectors.gb28181.sip.cut import MOST_BYTES, apart
from anlan.connectors.gb28181.sip.secret import SECRETS, covered
from anlan.connectors.gb28181.talk import Talk

PROTOCOL = Speech(
    name="gb28181",
    title="GB/T 28181 公共安全视频监控联网系统信息传输、交换、控制技术要求",
    talk=Talk,
    most_bytes=MOST_BYTES,
    port=5060,
    is_text=True,
    is_datagram=True,
    asks=NAMES,
    measure=measure,
    apart=apart,
    secrets=SECRETS,
    covered=covered,
)
