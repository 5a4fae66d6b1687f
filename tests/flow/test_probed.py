"""Scanners of other makers are let loose on the demo city: nothing breaks, nothing of weight."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from anlan.history.registry import new_key
from anlan.live.reach import running
from tests.flow.demos import Demo

pytestmark = pytest.mark.soak
_PORT = 18_460
_FOLDERS = (
    "account/password", "alarms/", "atlas/objects", "gateway/", "limits/", "people/duty",
    "public/", "quiet/", "rules/", "warnings/",
)  # fmt: skip
"""Sections, each with all that lies below."""
_PAGES = ("", "account", "cockpit", "demo/ears", "map", "statistics")
"""Pages that stand alone."""
_API_S, _PATIENCE_S = "40", "30"
"""How long an API is tried; and how long an answer may take: what comes later is called a fault."""
_ATTACKS = "sql,xss,permanentxss,exec,file,crlf,redirect,xxe,cookieflags,csp,http_headers"
_KNOWN = {
    ("HTTP Secure Headers", "X-XSS-Protection is not set"),  # browsers have dropped it
    ("HTTP Secure Headers", "Strict-Transport-Security is not set"),  # said where TLS is spoken
    ("Secure Flag cookie", "Secure flag is not set in the cookie : anlan_csrf"),  # the same
    ("Secure Flag cookie", "Secure flag is not set in the cookie : messages"),  # the same
    ("HttpOnly Flag cookie", "HttpOnly flag is not set in the cookie : anlan_csrf"),
    # The page's own requests carry that cookie's token; the session's cookie no script can read.
}
"""What wapiti says of every page served without TLS, and why it is no fault."""


@dataclass
class Site:
    """The demo, somebody who has signed in, a program's key, and the live service's own."""

    data: Path
    url: str
    cookie: str
    key: str


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("probed")
    demo = Demo(folder, folder / "data", port=_PORT)
    try:
        demo.health()
        yield _entered(folder / "data", demo.address())
    finally:
        demo.stop()


def _entered(data: Path, url: str) -> Site:
    """Signs the duty officer in and makes a key that may all that the officer may."""
    said = {"Referer": url}
    with httpx.Client(base_url=url, follow_redirects=True, timeout=60, headers=said) as person:
        who = {"key": "county", "password": "anlan-demo"}
        person.post("/login", data={"csrfmiddlewaretoken": _token(person, "/login"), **who})
        page = person.get("/account").text
        acts = re.findall(r'name="acts" value="([^"]+)"', page)
        asked = {"label": "probe", "days": "1", "acts": acts, "password": "anlan-demo",
                 "csrfmiddlewaretoken": _token(person, "/account")}  # fmt: skip
        found = re.search(r"\banp_[\w-]{40,}", person.post("/account/keys", data=asked).text)
        assert acts
        assert found
        cookie = "; ".join(f"{name}={value}" for name, value in person.cookies.items())
    return Site(data, url, cookie, found[0])


def _token(person: httpx.Client, path: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', person.get(path).text)
    assert found
    return found[1]


def _schemathesis(document: Path, url: str, key: str, *words: str) -> None:
    """Asserts that nothing which follows from an OpenAPI document breaks the server."""
    program = Path(sys.executable).parent / "schemathesis"
    done = subprocess.run(
        [program, "run", document, "--url", url, "--checks", "not_a_server_error",
         "--phases", "examples,coverage,fuzzing", "--max-time", _API_S, "--continue-on-failure",
         "--seed", "1", "--request-timeout", _PATIENCE_S,
         "--header", f"Authorization: Bearer {key}", *words],
        text=True, capture_output=True, check=False, cwd=document.parent,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    made = re.search(r"(\d+) generated", done.stdout)
    assert made
    assert int(made[1]) > 100


def test_the_api_breaks_on_nothing(site: Site, tmp_path: Path) -> None:
    said = {"Authorization": f"Bearer {site.key}"}
    document = tmp_path / "openapi.json"
    answer = httpx.get(f"{site.url}/api/openapi.json", headers=said, timeout=60).raise_for_status()
    document.write_text(answer.text)
    _schemathesis(document, site.url, site.key)


def test_the_intake_breaks_on_nothing(site: Site, tmp_path: Path) -> None:
    """The stream is left out: it never ends."""
    service = running(site.data)
    assert service
    key, entry = new_key("probe", ["*"], at=time.time_ns() // 1_000_000)
    service.ask("POST", "/api/v1/registry", json.dumps([entry]).encode())
    service.close()
    told = json.loads((site.data / "live" / "running.json").read_text())
    document, url = tmp_path / "openapi.json", f"http://127.0.0.1:{told['port']}"
    document.write_text(httpx.get(f"{url}/api/openapi.json", timeout=60).raise_for_status().text)
    _schemathesis(document, url, key, "--exclude-path", "/api/v1/stream")


def test_the_whole_menu_is_looked_at(site: Site) -> None:
    page = httpx.get(site.url, headers={"Cookie": site.cookie}, timeout=60).text
    nav = re.search(r"<nav.*?</nav>", page, re.DOTALL)
    assert nav
    links = {link.partition("?")[0] for link in re.findall(r'href="/([^"#]*)"', nav[0])}
    roots = {folder.rpartition("/")[0] + "/" for folder in _FOLDERS}
    assert len(links) > 8
    assert not {x for x in links - set(_PAGES) if not any(f"{x}/".startswith(r) for r in roots)}


@pytest.mark.parametrize("section", [*_FOLDERS, *_PAGES])
def test_no_hole_is_found(site: Site, section: str, tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    scope = "page" if section in _PAGES else "folder"
    command = ["wapiti", "-u", f"{site.url}/{section}", "--scope", scope, "-m", _ATTACKS,
               "-H", f"Cookie: {site.cookie}", "-d", "3", "--max-links-per-page", "15",
               "--max-files-per-dir", "15", "--max-scan-time", "15", "--max-attack-time", "5",
               "-t", _PATIENCE_S, "-f", "json", "-o", str(told), "--flush-session",
               "--no-bugreport", "-v", "0"]  # fmt: skip
    env = os.environ | {"HOME": str(tmp_path)}
    done = subprocess.run(command, text=True, capture_output=True, check=False, env=env)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    report: dict[str, Any] = json.loads(told.read_text())
    found = [(kind, one["info"], one["path"], one.get("parameter"))
             for kind, ones in {**report["vulnerabilities"], **report["anomalies"]}.items()
             for one in ones]  # fmt: skip
    assert {one[:2] for one in found} & _KNOWN, "it saw no page"
    assert not [one for one in found if one[:2] not in _KNOWN]
