"""A site that an older version kept opens today, restored or in place, with all that was in it."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.flow.test_backup import anlan, site
from tests.house.tree import ROOT
from tests.kept.story import PASSWORD

pytestmark = pytest.mark.timeout(900)
KEPT = ROOT / "tests" / "kept"
VERSIONS = sorted(path.name.removesuffix(".tar.xz") for path in KEPT.glob("*.tar.xz"))
_MOST_BYTES = 1_000_000
_BACKUP = {"records.sqlite3": "desk/desk.sqlite3", "desk/secret": "desk/secret",
           "anlan.toml": "anlan.toml", "history": "history", "files": "files"}  # fmt: skip
PAGES = ("/", "/alarms/", "/objects/RV1", "/sensors/RV1-Z1", "/objects/T1", "/map", "/cockpit",
         "/statistics", "/quiet/", "/limits/", "/people/duty", "/people/audit",
         "/people/users")  # fmt: skip


@pytest.fixture(scope="module", params=VERSIONS)
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was kept of a version: `backup/`, `live/snapshot`, and `told.json`."""
    folder = tmp_path_factory.mktemp(str(request.param))
    with tarfile.open(KEPT / f"{request.param}.tar.xz") as tar:
        tar.extractall(folder, filter="data")
    shutil.copyfile(KEPT / f"{request.param}.json", folder / "told.json")
    return folder


@pytest.fixture(scope="module", params=["restored", "in place"])
def opened(
    kept: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A data folder with the kept site in it, its records brought to this version."""
    data = tmp_path_factory.mktemp("site") / "data"
    if request.param == "restored":
        done = anlan("restore", str(kept / "backup"), "--data", str(data))
        assert done.returncode == 0, done.stderr
    else:
        _put_in_place(kept, data)
        run(data, "-c", "from anlan.site.crew.prepare import prepare; prepare()")
    return data


def _put_in_place(kept: Path, data: Path) -> None:
    """The data folder as it stood, so that only the program is another."""
    for name, there in _BACKUP.items():
        source, target = kept / "backup" / name, data / there
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copyfile(source, target)
    shutil.copytree(kept / "live", data / "live")


def run(data: Path, *words: str) -> str:
    """Runs Python with a site's settings; what it printed."""
    own = {"ANLAN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "anlan.site.settings"}
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=os.environ | own, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def told(data: Path) -> dict[str, Any]:
    return dict(json.loads(run(data, "-m", "tests.kept.told", str(data))))


def test_there_is_one_and_each_is_small() -> None:
    assert VERSIONS
    for version in VERSIONS:
        assert (KEPT / f"{version}.tar.xz").stat().st_size < _MOST_BYTES
        assert (KEPT / f"{version}.json").exists()


def test_all_that_was_in_it_is_there(opened: Path, kept: Path) -> None:
    assert told(opened) == json.loads((kept / "told.json").read_text())


def test_its_audit_chain_is_whole_and_its_history_sound(opened: Path, kept: Path) -> None:
    lines = json.loads((kept / "told.json").read_text())["audit"]["lines"]
    chain = anlan("audit", "verify", "--data", str(opened))
    assert (
        chain.stdout == f"whole: {len(lines)} lines; the log vouches for them up to {len(lines)}\n"
    )
    store = anlan("store", "verify", "--data", str(opened))
    assert store.returncode == 0, store.stdout + store.stderr


def test_it_runs_and_answers_pages(opened: Path, kept: Path) -> None:
    alarms = json.loads((kept / "told.json").read_text())["alarms"]
    with site(opened):
        host = opened.with_suffix(".out").read_text().split()[1]
        with httpx.Client(base_url=host, follow_redirects=True, timeout=30) as browser:
            sign_in(browser, "he")
            for page in (*PAGES, *(f"/alarms/{one['key']}" for one in alarms)):
                answer = browser.get(page)
                assert answer.status_code == 200, page
            river = browser.get(f"/alarms/{alarms[0]['key']}").text
            assert all(
                word in river for word in ("石桥断面", "加密观测，水位已回落", "已通知沿线责任人")
            )
            assert "汛〔2025〕7号" in browser.get("/limits/objects/RV1").text
    for before, after in zip(alarms, told(opened)["alarms"], strict=True):
        # Time has gone on: its sensors are silent by now, and who is late was told.
        same = ("key", "level", "peak", "raised_at", "acknowledged_at", "closed_at", "state")
        assert [after[name] for name in same] == [before[name] for name in same]
        assert after["steps"][: len(before["steps"])] == before["steps"]
    assert "whole" in anlan("audit", "verify", "--data", str(opened)).stdout


def sign_in(browser: httpx.Client, key: str) -> None:
    """As a person does, with the password of the kept accounts."""
    browser.get("/login")
    token = browser.cookies["anlan_csrf"]
    form = {"key": key, "password": PASSWORD, "csrfmiddlewaretoken": token}
    answer = browser.post("/login", data=form, headers={"Referer": str(browser.base_url)})
    assert answer.status_code == 200
    assert "anlan" in browser.cookies
