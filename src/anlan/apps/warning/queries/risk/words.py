"""What a risk is called."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anlan.apps.warning.models import Risk
from anlan.apps.warning.queries.writing.drafting import event_named
from anlan.apps.warning.queries.writing.wording import ENGLISH, marked
from anlan.terms.levels import Level


def kind_title(pack: str, kind: str) -> str:
    """The kind of a risk in the reader's language."""
    event = event_named(pack, kind)
    if event is None:
        return kind
    return event.title.en if _reads_english() else event.title.zh


def headline(risk: Risk) -> str:
    """The risk in one line, with the mark of a drill or a test: 清河上段 洪水风险."""
    words = {"kind": kind_title(risk.pack, risk.kind), "thing": risk.thing_name}
    text = _("%(thing)s: risk of %(kind)s") if risk.thing_name else _("risk of %(kind)s")
    level = Level(risk.level)
    shown = f"{level.chinese}" if not _reads_english() else ENGLISH[level]
    text = _("%(level)s, %(what)s") % {"level": shown, "what": text % words}
    return marked(text, risk.status, "en" if _reads_english() else "zh")


def _reads_english() -> bool:
    return (get_language() or "").startswith("en")
