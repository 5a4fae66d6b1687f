"""What follows an issued warning: update, change of level, cancellation, each in one act."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from anlan.apps.people.asker import Person
from anlan.apps.people.models import Organisation
from anlan.apps.warning.actions.course.acting import Doing, acting, check, said
from anlan.apps.warning.actions.course.deciding import go_on
from anlan.apps.warning.actions.course.drafting import cleaned, names_of_office
from anlan.apps.warning.acts import WRITE
from anlan.apps.warning.models import TEXTS, Warning
from anlan.apps.warning.queries.course.signers import default_seats
from anlan.apps.warning.queries.course.stages import may_renew, may_submit
from anlan.apps.warning.queries.writing.content import content_of
from anlan.apps.warning.queries.writing.drafting import ended_content, measures_for, with_headlines
from anlan.apps.warning.queries.writing.wording import ENGLISH
from anlan.desk.asker import Asker
from anlan.terms.errors import Refused
from anlan.terms.levels import Level

_STATES, _KINDS = Warning.State, Warning.Kind


def update(
    asker: Asker, key: str, *, version: int, reason: str, fields: Mapping[str, Any] | None = None
) -> Warning:
    """Begins an update with what it changes; it is submitted at once where its text is sound."""
    changes = cleaned(fields or {})

    def change(warning: Warning) -> None:
        for name, value in changes.items():
            setattr(warning, name, value)

    return _renew(asker, key, version=version, kind="update", reason=reason, change=change)


def change_level(asker: Asker, key: str, *, version: int, level: int, reason: str) -> Warning:
    """Raises or lowers the level: words and measures follow; submitted at once where sound."""
    wanted = Level(cleaned({"level": level})["level"])

    def change(warning: Warning) -> None:
        before = Level(warning.level)
        if before == wanted:
            raise Refused(_("It has this level already."))
        warning.level = int(wanted)
        reword(warning, before, wanted)

    return _renew(asker, key, version=version, kind="relevel", reason=reason, change=change)


def cancel(asker: Asker, key: str, *, version: int, reason: str) -> Warning:
    """Cancels what is out 解除; submitted at once, signed as every message is."""

    def change(warning: Warning) -> None:
        for name, value in ended_content(warning).items():
            setattr(warning, name, value)

    return _renew(asker, key, version=version, kind="cancel", reason=reason, change=change)


def _renew(
    asker: Asker, key: str, *, version: int, kind: str, reason: str,
    change: Callable[[Warning], None],
) -> Warning:  # fmt: skip
    reason = said(reason, name=_("Reason"))
    with acting(asker, WRITE, key, version=version) as doing:
        warning = doing.warning
        check(may_renew(asker, warning, asker.now))
        before = content_of(warning)
        warning.kind = _KINDS.CANCEL if kind == "cancel" else _KINDS.UPDATE
        warning.state, warning.effective = _STATES.DRAFT, None
        warning.writer, warning.writer_name, warning.submitter = asker.key, asker.name, ""
        change(warning)
        office = Organisation.objects.filter(key=warning.owner).first()
        if office is not None:
            with_headlines(warning, names_of_office(office))
        doing.keep(before)
        doing.tell(kind, reason)
        _go_on_where_sound(doing)
    return warning


def _go_on_where_sound(doing: Doing) -> None:
    """Submits it in the same act; a program's stays a draft, and what is not sound as well."""
    asker, warning = doing.asker, doing.warning
    if not isinstance(asker, Person) or asker.program:
        return
    warning.save()  # who may sign depends on what was changed
    seats = default_seats(warning, doing.order, asker.now, but=asker.key)
    if may_submit(asker, warning, asker.now, seats) is None:
        go_on(doing, seats)


def reword(warning: Warning, before: Level, after: Level) -> None:
    """Puts another level into the words, and its own measures where the alarm's rule has some."""
    for text in TEXTS:
        zh, en = getattr(warning, f"{text}_zh"), getattr(warning, f"{text}_en")
        setattr(warning, f"{text}_zh", zh.replace(before.chinese, after.chinese))
        setattr(warning, f"{text}_en", _english(en, before, after))
    measures = measures_for(warning.rule, after) if warning.rule else None
    if measures is not None and measures.zh:
        warning.measures_zh, warning.measures_en = measures.zh, measures.en


def _english(text: str, before: Level, after: Level) -> str:
    """A text with the word of another level, and the article that goes with it."""
    article = "n" if after is Level.ORANGE else ""
    named = re.compile(rf"\b(?:([Aa])n?\s+)?{ENGLISH[before]}\b")
    return named.sub(lambda m: f"{m[1]}{article} " * bool(m[1]) + ENGLISH[after], text)
