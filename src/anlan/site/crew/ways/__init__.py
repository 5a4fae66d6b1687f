"""The ways out that the options allow."""

import time
from pathlib import Path

from anlan.channels import Channel
from anlan.channels.broker import Broker
from anlan.channels.chat import Chat
from anlan.channels.chat import Settings as ChatSettings
from anlan.channels.email import Email
from anlan.channels.email import Settings as MailSettings
from anlan.channels.screen import Screen
from anlan.channels.screen import Settings as ScreenSettings
from anlan.channels.sms import Settings as SmsSettings
from anlan.channels.sms import Sms
from anlan.channels.sms.web import FILE, WebSms, gateway_in
from anlan.channels.sms.web import Settings as WebSmsSettings
from anlan.channels.speaker import Settings as SpeakerSettings
from anlan.channels.speaker import Speaker
from anlan.channels.voice import Settings as VoiceSettings
from anlan.channels.voice import Voice
from anlan.channels.webhook import Settings as WebSettings
from anlan.channels.webhook import Webhook
from anlan.site.options import Options


def ways_out(options: Options, recordings: Path | None = None) -> list[Channel]:
    """A channel for each way that is set; Malformed naming what is wrong with one.

    recordings: where those that operators keep lie, for what speaks.
    """
    ways: list[Channel] = []
    if options.smtp_host:
        ways.append(Email(mail_of(options)))
    if options.webhook_secret:
        ways.append(Webhook(web_of(options)))
    rooms = options.warning_chats + options.sandbox_chat
    if rooms:
        ways.append(Chat(_chat(options, rooms)))
    if options.sms_gateway:
        ways.append(sms_of(options))
    if options.voice_exchange:
        ways.append(Voice(_voice(options), clock=_now_ms))
    if options.speaker_platform:
        ways.append(Speaker(_speaker(options, recordings), clock=_now_ms))
    if options.screen_secret:
        ways.append(Screen(_screen(options), clock=_now_ms))
    return ways


def mail_of(options: Options) -> MailSettings:
    """The mail server, as the options name it."""
    return MailSettings(
        host=options.smtp_host,
        sender=options.mail_from,
        port=options.smtp_port,
        security=options.smtp_security,  # type: ignore[arg-type]  # made one by the settings, which say what is wrong
        user=options.smtp_user,
        password=options.smtp_password,
        sender_name=options.name,
    )


def web_of(options: Options) -> WebSettings:
    """What signs webhooks, and where they may go."""
    return WebSettings(secret=options.webhook_secret, allows_private=options.webhook_private)


def _chat(options: Options, rooms: tuple[str, ...]) -> ChatSettings:
    return ChatSettings(
        rooms=rooms, at_all=options.chat_at_all, allows_private=options.webhook_private
    )


def sms_of(options: Options) -> Sms | WebSms:
    """The message centre, or the gateway that a file describes."""
    if not options.sms_gateway.startswith(FILE):
        return Sms(_sms(options), clock=_now_ms)
    return WebSms(WebSmsSettings(
        gateway=gateway_in(Path(options.sms_gateway.removeprefix(FILE))),
        user=options.sms_user, password=options.sms_password, sender=options.sms_sender,
        rate=options.sms_rate,
    ))  # fmt: skip


def _sms(options: Options) -> SmsSettings:
    return SmsSettings(
        gateway=options.sms_gateway,
        user=options.sms_user,
        password=options.sms_password,
        sender=options.sms_sender,
        service=options.sms_service,
        flash=options.sms_flash,
        rate=options.sms_rate,
        window=options.sms_window,
    )


def _voice(options: Options) -> VoiceSettings:
    return VoiceSettings(
        exchange=options.voice_exchange,
        domain=options.voice_domain,
        user=options.voice_user,
        password=options.voice_password,
        caller=options.voice_caller,
        registers=options.voice_registers,
        prefix=options.voice_prefix,
        lines=options.voice_lines,
        speech=options.speech_command,
        recordings=Path(options.voice_recordings) if options.voice_recordings else None,
    )


def _speaker(options: Options, recordings: Path | None) -> SpeakerSettings:
    return SpeakerSettings(
        platform=options.speaker_platform,
        source=options.speaker_source,
        target=options.speaker_target,
        serial=options.speaker_serial,
        secret=options.speaker_secret,
        platform_key=options.speaker_platform_key,
        allows_private=options.device_private,
        speech=options.speech_command,
        recordings=recordings,
    )


def _screen(options: Options) -> ScreenSettings:
    broker = None
    if options.screen_broker:
        broker = Broker(
            url=options.screen_broker, user=options.screen_user, password=options.screen_password
        )
    return ScreenSettings(
        secret=options.screen_secret, allows_private=options.device_private, broker=broker
    )


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
