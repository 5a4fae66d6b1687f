"""The public's pages as files, in front of everything: no records, no session, no cookie."""

import json
import re
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from anlan.site.frame.bounds import App, Receive, Scope, Send
from anlan.site.frame.public.shelf import POLICY, TYPES, Headers, Kept, Shelf

LATE_S = 180.0
LANGUAGES = ("zh", "en")
WRITTEN = "written.json"
_ROOT = "/public/"
_ASKED = re.compile(r"/public/(?:(?:zh|en)/)?(?:here|subscribe|subscriptions|stop)/?")
"""What needs the records, and goes on."""
_NAME = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9_.-]*/)*(?:[A-Za-z0-9_-][A-Za-z0-9_.-]*)?")
_PLACE = re.compile(r"(?P<folder>(?:zh|en)/place/)(?P<code>\d{2,12})\.html")
_STEP_MIN = 5
_SAYING = (
    '<!doctype html><html lang="zh-Hans"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{zh}</title>'
    '<link rel="stylesheet" href="/public/style.css"><main><h1>{zh}</h1><p lang="en">{en}</p>'
    '<p><a href="/public/zh/">生效中的预警</a> · '
    '<a href="/public/en/" lang="en">Warnings in force</a></p></main></html>'
)
_ABSENT = _SAYING.format(zh="没有这个页面。", en="There is no such page.").encode()
_NOT_YET = _SAYING.format(
    zh="预警信息尚未发布，请稍后再试。",
    en="Nothing has been published yet. Please try again later.",
).encode()


class Public:
    """An ASGI application that answers `/public/…` itself, and leaves the rest to another.

    The look-up and subscriptions go on as well, without what could tell who asks.
    """

    def __init__(self, folder: Path, others: App) -> None:
        self._shelf, self._others = Shelf(folder), others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not (path + "/").startswith(_ROOT):
            await self._others(scope, receive, send)
        elif _ASKED.fullmatch(path):
            await self._others(_without_person(scope), receive, send)
        else:
            await self._answer(scope, path[len(_ROOT) :], send)

    async def _answer(self, scope: Scope, name: str, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            await _say(send, 405, b"", [(b"allow", b"GET, HEAD")])
            return
        asked = dict(scope["headers"])
        notice = self._notice()
        kept = None if notice is None else self._find(name, asked, notice)
        if kept is None:
            status, body = (404, _ABSENT) if notice is not None else (503, _NOT_YET)
            kind = (b"content-type", TYPES[".html"].encode())
            policy = (b"content-security-policy", (POLICY + "'none'").encode())
            await _say(send, status, b"" if scope["method"] == "HEAD" else body, [kind, policy])
            return
        await _give(send, kept, asked, is_head=scope["method"] == "HEAD")

    def _find(self, name: str, asked: dict[bytes, bytes], notice: str) -> Kept | None:
        """The file that a name means, to somebody who reads a language."""
        if not _NAME.fullmatch(name):
            return None
        ways = candidates(name, language_of(asked.get(b"accept-language", b"")))
        return next(filter(None, (self._shelf.get(way, notice) for way in ways)), None)

    def _notice(self) -> str | None:
        """What pages say of their age: nothing while they are fresh; None before the first."""
        kept = self._shelf.get(WRITTEN)
        try:
            told = json.loads(kept.forms[b""][0]) if kept else {}
            written_at = datetime.fromisoformat(told["written_at"])
        except (ValueError, KeyError, TypeError):
            return None
        late_s = time.time() - written_at.timestamp()
        if late_s < LATE_S:
            return ""
        minutes = int(late_s // 60 // _STEP_MIN * _STEP_MIN) or int(LATE_S // 60)
        return (f'<p class="late" role="alert">注意：本站信息已有 {minutes} 分钟以上没有更新，可能'
                f'不是最新情况。<span lang="en">These pages have not been written for more than '
                f"{minutes} minutes and may be out of date.</span></p>")  # fmt: skip


def candidates(name: str, language: str) -> Iterator[str]:
    """The files that a name may mean, the likeliest first.

    A folder means its index; what has no language means that of the reader; a place without a page
    of its own is told by the nearest above it, or by the page for all that have no warning.
    """
    last = name.rpartition("/")[2]
    if "." not in last:
        name = f"{name.rstrip('/')}/index.html".lstrip("/")
    if name[name.rfind(".") :] not in (*TYPES, ".xml"):
        return
    yield name
    if name.split("/")[0] not in LANGUAGES:
        name = f"{language}/{name}"
        yield name
    place = _PLACE.fullmatch(name)
    if place:
        code = place["code"]
        yield from (f"{place['folder']}{code[:n]}.html" for n in (9, 6, 4, 2) if n < len(code))
        yield f"{place['folder']}none.html"


def language_of(wanted: bytes) -> str:
    """zh or en, as a browser wishes; Chinese where it wishes neither."""
    best, language = 0.0, LANGUAGES[0]
    for part in wanted.decode("latin-1").lower().split(",")[:20]:
        tag, _, weight = part.strip().partition(";q=")
        try:
            much = float(weight) if weight else 1.0
        except ValueError:
            continue
        if tag[:2] in LANGUAGES and tag[2:3] in ("", "-") and much > best:
            best, language = much, tag[:2]
    return language


async def _give(send: Send, kept: Kept, asked: dict[bytes, bytes], *, is_head: bool) -> None:
    """A file in the form that is taken, or that nothing has changed."""
    encoding = b"gzip" if b"gzip" in kept.forms and _takes_gzip(asked) else b""
    body, tag = kept.forms[encoding]
    headers = [*kept.headers, (b"etag", tag), (b"vary", b"Accept-Encoding, Accept-Language")]
    if _is_known(asked.get(b"if-none-match", b""), tag):
        await _start(send, 304, headers)
        return
    if encoding:
        headers.append((b"content-encoding", encoding))
    headers.append((b"content-length", b"%d" % len(body)))
    await _start(send, 200, headers, b"" if is_head else body)


def _takes_gzip(asked: dict[bytes, bytes]) -> bool:
    for part in asked.get(b"accept-encoding", b"").split(b","):
        name, _, weight = part.replace(b" ", b"").lower().partition(b";q=")
        if name == b"gzip":
            return not re.fullmatch(rb"0(\.0*)?", weight)
    return False


def _is_known(told: bytes, tag: bytes) -> bool:
    """Whether If-None-Match names a tag; weak ones count, as they do there."""
    return told.strip() == b"*" or any(
        one.strip().removeprefix(b"W/") == tag for one in told.split(b",")
    )


async def _say(send: Send, status: int, body: bytes, headers: Headers) -> None:
    more = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"),
            (b"content-length", b"%d" % len(body))]  # fmt: skip
    await _start(send, status, [*headers, *more], body)


async def _start(send: Send, status: int, headers: Headers, body: bytes = b"") -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _without_person(scope: Scope) -> Scope:
    """The same request from nobody: without cookies, keys, and where it comes from."""
    told = (b"cookie", b"authorization", b"referer")
    return {**scope, "headers": [one for one in scope["headers"] if one[0] not in told]}
