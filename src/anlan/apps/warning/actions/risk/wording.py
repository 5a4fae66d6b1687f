"""What somebody is told of a risk: what it is, who is in charge by when, and why they are told."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.apps.atlas.queries import region_path
from anlan.apps.warning.models import Risk, RiskPush
from anlan.apps.warning.queries.calling.ways import SMS, VOICE
from anlan.apps.warning.queries.risk.replying import code_of
from anlan.apps.warning.queries.risk.words import headline

_SHOWN = "%m-%d %H:%M"


def letter(risk: Risk, why: str, *, is_holder: bool, kind: str = "") -> tuple[str, str]:
    """Subject and text, in the language that is switched on; kind: the way by which it goes."""
    words = {"what": headline(risk), "why": RiskPush.Why(why).label}
    subject = _subject(why, is_holder) % words
    if kind == VOICE:
        return subject, _spoken(risk, subject)
    lines = [
        headline(risk),
        f"{region_path(risk.region)} {risk.thing_name}".strip(),
        risk.text,
        _("In charge: %(name)s, %(office)s %(phone)s") % {
            "name": risk.holder_name, "office": risk.holder_office, "phone": risk.holder_phone},
        _due(risk),
    ]  # fmt: skip
    if kind == SMS and is_holder:
        lines.append(_("Reply %(code)s to take it over; %(code)s and your words to report.")
                     % {"code": code_of(risk)})  # fmt: skip
    address = settings.PLACE.options.address
    if address:
        lines.append(f"{address}/warnings/risks/{risk.key}")
    return subject, "\n".join(line for line in lines if line)


def _spoken(risk: Risk, subject: str) -> str:
    """What is said by telephone."""
    where = f"{region_path(risk.region)} {risk.thing_name}".strip()
    return "\n".join((subject, where, risk.text, _due(risk), _("Press 1 to take it over.")))


def _subject(why: str, is_holder: bool) -> str:
    if why == RiskPush.Why.VERIFY:
        return _("Please verify: %(what)s")
    if why == RiskPush.Why.RETURNED:
        return _("Sent back: %(what)s")
    if why in (RiskPush.Why.TAKE, RiskPush.Why.REPORT, RiskPush.Why.CLOSE):
        return _("Late, %(why)s: %(what)s")
    return _("You are in charge: %(what)s") if is_holder else _("Please take note: %(what)s")


def _due(risk: Risk) -> str:
    """What is due by when."""
    words = {"take": _("take over by %(at)s"), "report": _("report by %(at)s"),
             "close": _("close by %(at)s")}  # fmt: skip
    return " · ".join(words[what] % {"at": _local(at)} for what, at in risk.due().items())


def _local(moment: datetime) -> str:
    return f"{timezone.localtime(moment):{_SHOWN}}"
