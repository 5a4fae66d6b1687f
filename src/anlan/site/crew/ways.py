"""The ways out that the options allow."""

from anlan.channels import Channel
from anlan.channels.email import Email
from anlan.channels.email import Settings as MailSettings
from anlan.channels.webhook import Settings as WebSettings
from anlan.channels.webhook import Webhook
from anlan.site.options import Options


def ways_out(options: Options) -> list[Channel]:
    """A channel for each way that is set; Malformed naming what is wrong with one."""
    ways: list[Channel] = []
    if options.smtp_host:
        ways.append(Email(_mail(options)))
    if options.webhook_secret:
        ways.append(Webhook(_web(options)))
    return ways


def _mail(options: Options) -> MailSettings:
    return MailSettings(
        host=options.smtp_host,
        sender=options.mail_from,
        port=options.smtp_port,
        security=options.smtp_security,  # type: ignore[arg-type]  # made one by the settings, which say what is wrong
        user=options.smtp_user,
        password=options.smtp_password,
        sender_name=options.name,
    )


def _web(options: Options) -> WebSettings:
    return WebSettings(secret=options.webhook_secret, allows_private=options.webhook_private)
