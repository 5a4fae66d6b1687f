"""Keeping recordings: by what they contain, heard before they are used, retired but never lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from anlan.apps.people.actions import deed
from anlan.apps.warning.acts import RECORD
from anlan.apps.warning.models import Recording, Warning
from anlan.apps.warning.queries.audience.sounds import recordings
from anlan.apps.warning.queries.audience.subscribing import kinds_offered
from anlan.channels.sound import MOST_BYTES, digest_of, kind_of, seconds_of
from anlan.desk.asker import Asker
from anlan.terms.errors import Malformed, Refused
from anlan.terms.levels import RAISED_LEVELS
from anlan.terms.places import is_region

LEAST_S, MOST_S = 1.0, 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """What a recording is for, as `Recording` explains."""

    region: str
    title: str
    event: str
    level: int
    language: str
    status: str


def keep_recording(asker: Asker, purpose: Purpose, data: bytes) -> Recording:
    """Keeps one; it is not used before somebody has heard it. Malformed, Refused."""
    title = " ".join(purpose.title.replace("\0", "").split())[:64]
    _judge(purpose, title)
    if not asker.may(RECORD, purpose.region):
        raise Refused(_("This is not in your jurisdiction."))
    form, seconds = _form(data)
    digest = digest_of(data)
    with deed(asker, RECORD, f"recording:{digest}", region=purpose.region) as detail:
        _put(digest, data)
        row = Recording.objects.create(
            region=purpose.region, title=title, event=purpose.event, level=purpose.level,
            language=purpose.language, status=purpose.status, form=form, size=len(data),
            seconds=seconds, digest=digest, kept_by=asker.key, kept_name=asker.name,
            kept_at=asker.now,
        )  # fmt: skip
        detail |= {"key": row.key, "act": "keep"}
    return row


def use_recording(asker: Asker, key: str) -> None:
    """Lets warnings take it, by whoever has heard it."""
    with _changing(asker, key, "use") as row:
        row.heard_by, row.heard_name, row.heard_at = asker.key, asker.name, asker.now


def retire_recording(asker: Asker, key: str) -> None:
    """No later warning takes it; those that were issued with it keep it."""
    with _changing(asker, key, "retire") as row:
        row.retired_at = asker.now


@contextmanager
def _changing(asker: Asker, key: str, act: str) -> Iterator[Recording]:
    """One change of a recording, with its line of audit."""
    found = recordings(asker).filter(key=key).first()
    if found is None:
        raise Refused(_("There is no such recording."))
    if not asker.may(RECORD, found.region):
        raise Refused(_("This is not in your jurisdiction."))
    with deed(asker, RECORD, f"recording:{key}", region=found.region) as detail:
        detail["act"] = act
        row = recordings(asker).select_for_update().filter(pk=found.pk).first()
        if row is None:  # somebody else has retired it meanwhile
            raise Refused(_("There is no such recording."))
        yield row
        row.save()


def _judge(purpose: Purpose, title: str) -> None:
    wrong = {
        _("Give it a name."): not title,
        _("There is no such district."): not is_region(purpose.region),
        _("There is no such kind of event."): bool(purpose.event)
        and purpose.event not in kinds_offered(),
        _("There is no such level."): purpose.level not in (0, *map(int, RAISED_LEVELS)),
        _("There is no such language."): purpose.language not in Recording.Language.values,
        _("There is no such status."): purpose.status not in Warning.Status.values,
    }  # fmt: skip
    for words, is_wrong in wrong.items():
        if is_wrong:
            raise Malformed(words)


def _form(data: bytes) -> tuple[str, float]:
    """wav or mp3, and how long it is; Malformed, in words for a page."""
    if len(data) > MOST_BYTES:
        raise Malformed(_("It is larger than %(n)d MB.") % {"n": MOST_BYTES // 1_000_000})
    try:
        form, seconds = kind_of(data), seconds_of(data)
    except Malformed as error:
        raise Malformed(_("This is no recording in WAV or MP3.")) from error
    if not LEAST_S <= seconds <= MOST_S:
        told = {"least": int(LEAST_S), "most": int(MOST_S)}
        raise Malformed(_("It must last between %(least)d and %(most)d seconds.") % told)
    return form, round(seconds, 1)


def _put(digest: str, data: bytes) -> None:
    """Beside it, then in its place: who plays never reads half a file."""
    path: Path = settings.PLACE.recordings / digest
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(data)
    part.replace(path)
