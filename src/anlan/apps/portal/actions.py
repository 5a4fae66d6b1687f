"""Publishing: the public's files follow the messages; it changes no record."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from anlan import __version__
from anlan.apps.portal.press.edition import Edition, Site
from anlan.apps.portal.press.feeds import feeds
from anlan.apps.portal.press.folder import Folder, alone
from anlan.apps.portal.press.pages import Pages, month_of
from anlan.apps.portal.press.words import LANGUAGES
from anlan.apps.portal.queries import Course, Reader, body_of, borders, cursor
from anlan.apps.warning.queries.paper import info_in, pdf_of
from anlan.desk.assets import script
from anlan.terms.errors import Unavailable

EVERY = timedelta(minutes=1)
"""How often the pages are written when nothing happens: they say when that was."""
_PRESS, _BESIDE = Path(__file__).parent / "press", ("style.css", "icon.svg")


class Publisher:
    """Writes the public's files into a folder when there is something new, and once a minute."""

    def __init__(self, path: Path, site: Site) -> None:
        self._path, self._site, self._reader = path, site, Reader()

    def publish(self, now: datetime) -> bool:
        """Writes an edition where one is due, or as much as can be done now; whether it did."""
        at = cursor()
        if not self._is_due(at, now):
            return False
        with alone(self._path) as is_alone:
            if not is_alone:
                return False
            # How far the messages had come is asked before they are read: one more may be told.
            self._write(Edition(self._site, now, at, self._reader.courses(), borders()))
        return True

    def _is_due(self, at: str, now: datetime) -> bool:
        told = Folder(self._path).written()
        if told.get("cursor") != at or not (self._path / "zh" / "index.html").is_file():
            return True
        due = datetime.fromisoformat(told["due_at"])
        # A clock that was set back leaves pages of the future: they are written anew at once.
        return not due - EVERY <= now < due

    def _write(self, edition: Edition) -> None:
        folder = Folder(self._path)
        for name in _BESIDE:
            folder.put(name, (_PRESS / name).read_bytes())
        with suppress(Unavailable, OSError):  # where it lacks, warnings are told all the same
            # From here its scope is the public's pages alone, and it is there without the records.
            folder.put("push.js", script("public/worker.ts"))
        for course in edition.by_haste:
            _put_messages(folder, course)
        for language in LANGUAGES:
            pages = Pages(edition, language)
            _put_courses(folder, edition, pages)
            for name, body in pages.every_time():
                folder.put(name, body)
        for name, body in feeds(edition):
            folder.put(name, body)
        due = min(filter(None, (edition.at + EVERY, edition.ends_at)))
        due = due if folder.is_whole else edition.at
        folder.finish({"written_at": edition.at.isoformat(), "cursor": edition.cursor,
                       "due_at": due.isoformat()})  # fmt: skip


def _put_messages(folder: Folder, course: Course) -> None:
    for sent in course.messages:
        name = f"cap/{sent.message.identifier}.xml"
        folder.make(name, str(sent.pk), partial(body_of, sent))


def _put_courses(folder: Folder, edition: Edition, pages: Pages) -> None:
    """Pages that stay as they are until their warnings change."""
    for course in edition.by_haste:
        name = f"{pages.language}/warning/{course.key}.html"
        folder.make(name, _made_of(edition, [course]), partial(pages.warning, course))
        _put_sheet(folder, edition, course, language=pages.language)
    for month, courses in _by_month(edition):
        name = f"{pages.language}/history/{month}.html"
        folder.make(name, _made_of(edition, courses), partial(pages.month, month))


def _put_sheet(folder: Folder, edition: Edition, course: Course, *, language: str) -> None:
    """The sheet to print of what holds, or held last, where it was said in that language."""
    sent = course.last
    if info_in(sent.message, language) is None:
        return
    page = f"{language}/warning/{course.key}"
    site = edition.site.address
    address = f"{site}/public/{page}.html" if site else ""
    made_of = hashlib.sha256(f"{__version__}:{sent.pk}:{address}".encode()).hexdigest()[:16]
    folder.make(f"{page}.pdf", made_of,
                lambda: pdf_of(body_of(sent), language, address=address))  # fmt: skip


def _by_month(edition: Edition) -> Iterator[tuple[str, list[Course]]]:
    found: dict[str, list[Course]] = {}
    for course in edition.courses:
        found.setdefault(month_of(course), []).append(course)
    yield from found.items()


def _made_of(edition: Edition, courses: list[Course]) -> str:
    """What a page of some warnings depends on."""
    states = ",".join(f"{one.last.pk}{one.state(edition.at)[0]}" for one in courses)
    return hashlib.sha256(f"{edition.base}:{states}".encode()).hexdigest()[:16]
