"""A message centre and its phones as a process: `python -m bench._centre cmpp|smpp`.

Says its port on a line of standard output and serves until its standard input ends. At each line of
that, and at its end, it says in JSON what the phones have got, what it has told, and what that cost
it.
"""

import json
import sys
import time
from collections import Counter
from typing import Any

from anlan.sandtable.sinks.sms import Centre, CmppSpeech, Phones, SmppSpeech

USER, SECRET = "900001", "88888888"


def main() -> None:
    """Plays it."""
    speech = {"cmpp": CmppSpeech, "smpp": SmppSpeech}[sys.argv[1]](USER, SECRET)
    phones = Phones()
    with Centre(speech, phones) as centre:
        print(centre.port, flush=True)
        for _line in sys.stdin:
            print(json.dumps(_told(centre, phones)), flush=True)
        print(json.dumps(_told(centre, phones)))


def _told(centre: Centre, phones: Phones) -> dict[str, Any]:
    got, used_s = phones.raw(), time.process_time()
    parts = Counter((one.to, one.number) for one in got)
    return {
        "recipients": len({to for to, _ in parts}), "parts": len(parts),
        "twice": len(got) - len(parts), "logins": centre.logins, "untold": centre.untold,
        "lines": centre.lines,
        "first_s": min((one.at_ms for one in got), default=0) / 1000, "cpu_s": used_s,
        "last_s": max((one.at_ms for one in got), default=0) / 1000,
    }  # fmt: skip


if __name__ == "__main__":
    main()
