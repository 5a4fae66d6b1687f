"""SMS by a gateway over HTTP: which, how and what it answers is data, a file of the site's own."""

from anlan.channels.sms.web.gateway import FILE, Gateway, gateway_in
from anlan.channels.sms.web.sending import WebSms
from anlan.channels.sms.web.settings import Settings

__all__ = ["FILE", "Gateway", "Settings", "WebSms", "gateway_in"]
