"""The public's files over HTTP: tags, languages, forms, and nothing from outside the folder."""

import asyncio
import gzip
import json
import os
import re
import time
from collections.abc import Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import unquote

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.site.frame.bounds import Receive, Scope, Send
from anlan.site.frame.public import Public
from anlan.site.frame.public.answers import candidates, language_of

PAGE = "<!doctype html><title>{}</title><!--late-->" + "<p>{}</p>" * 100
T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """What a coroutine gives, in a thread of its own: tests with a browser keep a loop in this."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


class Pages:
    """What stands behind; asked: the requests that came to it."""

    def __init__(self) -> None:
        self.asked: list[Scope] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.append(scope)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"behind"})


class Site:
    """A folder of files behind the application, and a client."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.pages = folder / "public", Pages()
        self.public = Public(self.folder, self.pages)
        (folder / "secret").write_text("secret")
        for language in ("zh", "en"):
            for name in ("index", "banner", "place/9901", "place/none"):
                self.write(f"{language}/{name}.html", PAGE.format(language, *[name] * 100))
        self.write("cap/1_2.xml", "<alert/>")
        self.write("warnings.json", "{}")
        self.written(datetime.now(UTC))

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".part-{path.name}")
        part.write_text(text)
        part.replace(path)

    def written(self, at: datetime) -> None:
        self.write("written.json", json.dumps({"written_at": at.isoformat()}))

    def get(self, path: str, method: str = "GET", **headers: str) -> httpx.Response:
        told = {"accept-encoding": "identity"} | {
            k.replace("_", "-"): v for k, v in headers.items()
        }
        return run(self._ask(method, path, told))

    async def _ask(self, method: str, path: str, headers: Mapping[str, str]) -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(cast(Any, self.public)), base_url="http://x"
        ) as client:
            return await client.request(method, path, headers=headers)

    def raw(self, path: str, method: str = "GET") -> tuple[int, bytes]:
        """Status and body for a path as a server hands it on: decoded, not put right."""
        said: list[Mapping[str, Any]] = []

        async def send(message: Mapping[str, Any]) -> None:
            said.append(message)

        async def receive() -> Mapping[str, Any]:
            return {"type": "http.request", "body": b""}

        scope = {"type": "http", "method": method, "path": path, "headers": []}
        run(self.public(scope, receive, send))
        return int(said[0]["status"]), b"".join(one.get("body", b"") for one in said)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_page_comes_with_its_tag_and_may_be_kept(site: Site) -> None:
    answer = site.get("/public/zh/")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=30, stale-if-error=86400"
    assert re.fullmatch(r'"[0-9a-f]{32}"', answer.headers["etag"])
    assert answer.headers["content-language"] == "zh"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "last-modified" in answer.headers
    assert "set-cookie" not in answer.headers
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_what_is_known_is_not_sent_again(site: Site) -> None:
    for encoding in ("identity", "gzip"):
        first = site.get("/public/zh/", accept_encoding=encoding)
        tag = first.headers["etag"]
        for told in (tag, f'"x", {tag}', f"W/{tag}", "*"):
            again = site.get("/public/zh/", accept_encoding=encoding, if_none_match=told)
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == tag
            assert "cache-control" in again.headers
        assert site.get("/public/zh/", accept_encoding=encoding, if_none_match='"x"').content
    site.write("zh/index.html", "new")
    assert site.get("/public/zh/", if_none_match=tag).text == "new"


def test_the_tag_is_of_the_content_not_of_the_time(site: Site) -> None:
    before = site.get("/public/zh/")
    site.write("zh/index.html", before.text)
    os.utime(site.folder / "zh/index.html", (1, 1))
    assert site.get("/public/zh/").headers["etag"] == before.headers["etag"]
    stat = (site.folder / "zh/index.html").stat()
    site.write("zh/index.html", before.text.replace("<p>", "<b>"))
    os.utime(site.folder / "zh/index.html", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert site.get("/public/zh/").headers["etag"] != before.headers["etag"]


def test_it_is_pressed_for_who_takes_that(site: Site) -> None:
    plain = site.get("/public/zh/")
    pressed = site.get("/public/zh/", **{"accept-encoding": "br, gzip;q=0.5"})
    assert pressed.headers["content-encoding"] == "gzip"
    assert pressed.content == plain.content
    assert int(pressed.headers["content-length"]) < len(plain.content) / 3
    assert pressed.headers["etag"] != plain.headers["etag"]
    assert "Accept-Encoding" in pressed.headers["vary"]
    refused = site.get("/public/zh/", **{"accept-encoding": "gzip;q=0"})
    assert "content-encoding" not in refused.headers
    assert gzip.decompress(gzip.compress(plain.content)) == plain.content


@pytest.mark.parametrize(("wish", "language"), [
    ("", "zh"), ("en", "en"), ("en-GB,en;q=0.9,zh;q=0.8", "en"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
    ("fr,en;q=0.3", "en"), ("de", "zh"), ("en;q=0", "zh"), ("en;q=x,zh", "zh"), ("*", "zh"),
])  # fmt: skip
def test_the_front_page_speaks_as_the_browser_wishes(site: Site, wish: str, language: str) -> None:
    assert language_of(wish.encode()) == language
    for path in ("/public/", "/public", "/public/index.html", "/public/banner.html"):
        answer = site.get(path, accept_language=wish)
        assert answer.headers["content-language"] == language
        assert "Accept-Language" in answer.headers["vary"]
    assert site.get("/public/en", accept_language="zh").headers["content-language"] == "en"


def test_a_place_without_a_page_is_told_by_the_one_above_or_by_none(site: Site) -> None:
    assert "place/9901" in site.get("/public/zh/place/990101001002.html").text
    assert "place/none" in site.get("/public/zh/place/9902.html").text
    assert site.get("/public/zh/place/x.html").status_code == 404


def test_only_the_banner_may_stand_in_other_pages(site: Site) -> None:
    banner, page = site.get("/public/zh/banner.html"), site.get("/public/zh/")
    assert "frame-ancestors *" in banner.headers["content-security-policy"]
    assert "x-frame-options" not in banner.headers
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-frame-options"] == "DENY"


def test_data_may_be_read_from_other_pages(site: Site) -> None:
    cap = site.get("/public/cap/1_2.xml")
    assert cap.headers["content-type"] == "application/cap+xml"
    assert cap.text == "<alert/>"
    for answer in (cap, site.get("/public/warnings.json")):
        assert answer.headers["access-control-allow-origin"] == "*"


def test_head_says_the_same_without_the_body(site: Site) -> None:
    answer, head = site.get("/public/zh/"), site.get("/public/zh/", "HEAD")
    assert head.content == b""
    assert {**head.headers} == {**answer.headers}
    assert site.get("/public/none", "HEAD").status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_nothing_can_be_sent_here(site: Site, method: str) -> None:
    assert site.get("/public/zh/", method).status_code == 405


def test_what_is_not_there_is_said_in_both_languages(site: Site) -> None:
    answer = site.get("/public/no-such-page")
    assert answer.status_code == 404
    assert "没有这个页面" in answer.text
    assert "There is no such page" in answer.text


def test_before_the_first_writing_it_asks_for_patience(tmp_path: Path) -> None:
    site = Site(tmp_path)
    (site.folder / "written.json").unlink()
    answer = site.get("/public/zh/")
    assert answer.status_code == 503
    assert "尚未发布" in answer.text


def test_pages_that_are_late_say_so_without_a_script(site: Site) -> None:
    fresh = site.get("/public/zh/")
    site.written(datetime.now(UTC) - timedelta(minutes=2))
    assert site.get("/public/zh/").text == fresh.text
    site.written(datetime.now(UTC) - timedelta(minutes=4))
    assert "已有 3 分钟以上没有更新" in site.get("/public/zh/").text
    site.written(datetime.now(UTC) - timedelta(minutes=47))
    late = site.get("/public/en/")
    assert "for more than 45 minutes" in late.text
    assert "<script" not in late.text
    assert late.headers["etag"] != fresh.headers["etag"]
    assert "分钟" not in site.get("/public/warnings.json").text
    site.written(datetime.now(UTC))
    assert site.get("/public/zh/").headers["etag"] == fresh.headers["etag"]


def test_the_look_up_goes_on_without_anything_that_tells_who_asks(site: Site) -> None:
    told = {"cookie": "anlan=x", "authorization": "Bearer x", "referer": "http://x/"}
    for path in ("/public/here?q=x", "/public/zh/here", "/public/en/here/"):
        assert site.get(path, **told).text == "behind"
    for scope in site.pages.asked:
        assert not {name.decode() for name, _ in scope["headers"]} & {*told}
    assert site.get("/publicity", **told).text == "behind"
    assert dict(site.pages.asked[-1]["headers"])[b"cookie"] == b"anlan=x"


@pytest.mark.parametrize("path", [
    "../secret", "%2e%2e/secret", "zh/../../secret", "zh/..%2f..%2fsecret", "//etc/passwd",
    "/etc/passwd", "zh\\..\\..\\secret", "zh/%00", ".part-x.html", "zh/.part-index.html", "zh//",
    "./zh/index.html", "zh/./index.html", "cap/1_2.xml/", "zh/index.html/", "zh/index.html%00.css",
    "~/secret", "zh/index.html\n", "file:///etc/passwd", "zh/index", "cap",
])  # fmt: skip
def test_nothing_outside_the_folder_and_nothing_half_written(site: Site, path: str) -> None:
    site.write("zh/.part-index.html", "half")
    status, body = site.raw("/public/" + unquote(path))
    assert status == 404
    assert b"secret" not in body


_PARTS = st.sampled_from(["..", ".", "", "zh", "en", "cap", "place", "index.html", "secret", "%2e",
                          "none.html", "990101.html", "\0", "\\", "written.json", "~", "é",
                          "a" * 300])  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=40), st.lists(_PARTS, max_size=7).map("/".join)))
def test_any_path_gives_a_file_of_the_folder_or_nothing(site: Site, path: str) -> None:
    status, body = site.raw("/public/" + path)
    assert status in (200, 404)
    if status == 200 and not path.rstrip("/").endswith("here"):
        own = {one.read_bytes() for one in site.folder.rglob("*") if one.is_file()}
        assert body in own
    for name in candidates(path, "zh"):
        assert name.rpartition(".")[2] in ("html", "css", "json", "svg", "xml")


def test_a_file_that_is_replaced_while_it_is_read_is_one_or_the_other(site: Site) -> None:
    texts = {"a" * 1000, "b" * 90_000}
    end = time.monotonic() + 0.5
    while time.monotonic() < end:
        for text in texts:
            site.write("zh/index.html", text)
            answer = site.get("/public/zh/")
            assert answer.text == text
            assert int(answer.headers["content-length"]) == len(text)
