"""Whom each channel was tried against: the one home of what the system page and the docs tell.

Only the programs and devices of others count. What was tried with far ends of our own alone shares
our reading of the protocol, so that a mistake in that reading is not found.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

_TODAY = date(2026, 11, 30)


class Extent(StrEnum):
    """How far others took part."""

    TRIED = gettext_noop("tried")
    PARTLY = gettext_noop("tried in part")
    UNTRIED = gettext_noop("not tried against others")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One protocol of a channel. against: others' programs, with versions · on: the day of a trial
    by hand, None where every run of the tests repeats it · lacks: what nobody else has seen.
    """

    channel: str
    protocol: str
    extent: Extent
    against: str = ""
    on: date | None = None
    lacks: str | Promise = ""


TRIALS = (
    Trial(channel="email", protocol="SMTP, STARTTLS, TLS", extent=Extent.TRIED,
          against="aiosmtpd 1.4.6"),
    Trial(channel="webhook", protocol="HTTP/1.1, Standard Webhooks 1.0", extent=Extent.TRIED,
          against="http.server (Python)"),
    Trial(channel="sms", protocol="CMPP 2.0", extent=Extent.PARTLY, on=_TODAY,
          against="pycmpp 2.0.2",
          lacks=_("no message centre of others, no status report")),
    Trial(channel="sms", protocol="CMPP 3.0", extent=Extent.UNTRIED,
          lacks=_("frames captured from others are read")),
    Trial(channel="sms", protocol="SMPP 3.4", extent=Extent.TRIED, on=_TODAY,
          against="node-smpp 0.5.1, smpplib 2.2.4, Kannel 1.4.5"),
    Trial(channel="sms", protocol="HTTP", extent=Extent.PARTLY, on=_TODAY, against="Kannel 1.4.5",
          lacks=_("no signed request or callback of others")),
    Trial(channel="sms", protocol="HTTP (batch)", extent=Extent.UNTRIED),
    Trial(channel="push", protocol="RFC 8030, 8291, 8292", extent=Extent.PARTLY, on=_TODAY,
          against="http_ece 1.2.1 (Python, Node), py_vapid 1.9.6",
          lacks=_("texts and tokens alone, no push service of others")),
    Trial(channel="mqtt", protocol="MQTT 5", extent=Extent.TRIED, against="Mosquitto 2.0.11"),
    Trial(channel="voice", protocol="SIP, RTP, RFC 4733", extent=Extent.TRIED,
          against="Kamailio 5.6.3, SIPp 3.6.1"),
    Trial(channel="chat", protocol="DingTalk, Feishu", extent=Extent.UNTRIED,
          lacks=_("signatures computed by others agree")),
    Trial(channel="chat", protocol="WeCom", extent=Extent.UNTRIED),
    Trial(channel="screen", protocol="HTTP", extent=Extent.UNTRIED,
          lacks=_("a profile of our own")),
    Trial(channel="screen", protocol="MQTT 5", extent=Extent.PARTLY, against="Mosquitto 2.0.11",
          lacks=_("a profile of our own; the broker is of others, no screen is")),
    Trial(channel="speaker", protocol="EBD (GY/T 384)", extent=Extent.UNTRIED,
          lacks=_("field names and codes could not be checked against the standards")),
)  # fmt: skip
NAMES = {
    "email": _("E-mail"), "webhook": "Webhook", "sms": _("SMS"), "push": _("Web push"),
    "mqtt": _("Mobile apps (MQTT)"), "voice": _("Telephone"), "chat": _("Chat group"),
    "screen": _("LED screen"), "speaker": _("Loudspeaker"),
}  # fmt: skip
"""What people call the channels."""
