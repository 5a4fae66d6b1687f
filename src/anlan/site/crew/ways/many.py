"""The ways out to very many that the options allow, and how many processes send by them."""

import logging
from collections.abc import Iterator
from dataclasses import replace

from anlan.channels.batch import Gateway
from anlan.channels.batch import Settings as BatchSettings
from anlan.channels.bulk import Bulk, Singly
from anlan.channels.email import Email
from anlan.channels.mqtt import Mqtt
from anlan.channels.mqtt import Settings as MqttSettings
from anlan.channels.push import Push
from anlan.channels.push import Settings as PushSettings
from anlan.channels.sms.many import Keeper, Noted, SmsToMany
from anlan.channels.sms.web import WebSms
from anlan.channels.webhook.many import Webhooks
from anlan.site.crew.ways import mail_of, sms_of, web_of
from anlan.site.options import Options
from anlan.terms.errors import Malformed

_log = logging.getLogger("anlan.site")


def senders_of(options: Options) -> int:
    """How many processes there are to be; none where no way is set."""
    return options.mass_senders if names_of(options) else 0


def names_of(options: Options) -> list[str]:
    """The ways that are set and not switched off."""
    is_set = {
        "push": options.push_key, "sms": options.sms_batch_gateway or options.sms_gateway,
        "webhook": options.webhook_secret, "mqtt": options.mqtt_broker, "email": options.smtp_host,
    }  # fmt: skip
    return [name for name, value in is_set.items() if value and name not in options.mass_off]


def ways_to_many(options: Options, keeper: Keeper) -> list[Bulk]:
    """A way for each that is set and on; Malformed naming what is wrong with one.

    Push services alone are left out and that is told: their key is a file that may be damaged.
    keeper: keeps what a message centre tells.
    """
    names = names_of(options)
    return [way for way in _all(options, keeper) if way.name in names]


def _all(options: Options, keeper: Keeper) -> Iterator[Bulk]:
    if options.push_key:
        yield from _push(options)
    if options.mqtt_broker:
        yield Mqtt(MqttSettings(
            broker=options.mqtt_broker, user=options.mqtt_user, password=options.mqtt_password,
            prefix=options.mqtt_topics,
        ))  # fmt: skip
    if options.sms_batch_gateway:
        yield Gateway(BatchSettings(
            gateway=options.sms_batch_gateway, key=options.sms_batch_key,
            rate=options.sms_batch_rate // max(1, options.mass_senders),
        ))  # fmt: skip
    elif options.sms_gateway:
        yield _sms(options, keeper)
    if options.webhook_secret:
        yield Webhooks(web_of(options))
    if options.smtp_host:
        yield Singly(Email(mail_of(options)))


def _push(options: Options) -> Iterator[Bulk]:
    private = options.webhook_private
    try:
        yield Push(PushSettings(
            key=options.push_key, contact=options.push_contact, allows_private=private,
        ))  # fmt: skip
    except Malformed as error:
        _log.warning("no browser is told: %s; see anlan doctor", error)


def _sms(options: Options, keeper: Keeper) -> Bulk:
    """Without a gateway for batches it is one by one: a fifth of the rate is left to people."""
    rate = max(1, options.sms_rate * 4 // 5 // max(1, options.mass_senders))
    way = sms_of(replace(options, sms_rate=rate))
    if isinstance(way, WebSms):
        return Singly(Noted(way, keeper))
    return SmsToMany(way.settings, keeper, lines=options.sms_lines)
