"""Pictures of every page for the documentation: `tools/pictures`, which says what it needs."""

import datetime
import io
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import CHROMIUM, SOFTWARE

FOLDER = Path(__file__).parents[2] / "docs" / "images"
ENGLISH = ("desk", "map", "cockpit", "alarm", "object")
CITY = datetime.timezone(datetime.timedelta(hours=8))
SETTLED_MS = 4000
STORM_S = 600
"""From the opening of the pages: rain, water and the first slope have their alarms by then."""
SIGHTS: dict[str, dict[str, Any]] = {
    "light-1440": {"viewport": {"width": 1440, "height": 900}},
    "dark-1920": {"viewport": {"width": 1920, "height": 1080}, "color_scheme": "dark"},
    "phone-390": {"viewport": {"width": 390, "height": 844}, "is_mobile": True,
                  "has_touch": True, "device_scale_factor": 2},
}  # fmt: skip
PAGES = {
    "desk": "/", "map": "/map", "map-past": "/map#t={night}", "cockpit": "/cockpit",
    "alarms": "/alarms/", "alarm": "{alarm}", "warnings": "/warnings/", "warning": "{warning}",
    "warning-editor": "{warning}/edit", "warning-issued": "{issued}",
    "warning-evaluated": "{issued}/evaluation",
    "warnings-evaluation": "/warnings/evaluation/", "delivery": "/warnings/evaluation/delivery",
    "month": "/warnings/evaluation/month", "incoming": "/warnings/incoming/",
    "incoming-one": "{incoming}", "risks": "/warnings/risks/", "risk": "{risk}",
    "silent-devices": "/warnings/devices/", "recordings": "/warnings/recordings/",
    "ears": "/demo/ears",
    "object": "/objects/990101LP901", "public-history": "/public/zh/history/",
    "statistics": "/statistics", "quiet": "/quiet/", "limits": "/limits/",
    "limits-of-an-object": "/limits/objects/990101LP901", "rules": "/rules/",
    "devices": "/devices/", "enterprises": "/atlas/enterprises", "objects": "/atlas/objects",
    "targets": "/atlas/targets", "facilities": "/atlas/facilities", "sensors": "/atlas/sensors",
    "regions": "/atlas/regions", "form": "/atlas/targets/new", "import": "/atlas/sensors/import",
    "duty": "/people/duty", "responsibility": "/people/responsibility",
    "notices": "/people/notices", "accounts": "/people/users", "audit": "/people/audit",
    "acts": "/people/acts", "account": "/account", "system": "/system", "missing": "/no-such-page",
    "api": "/api/docs", "public": "/public/zh/", "public-here": "/public/zh/here?q=和平社区",
}  # fmt: skip
"""Every page; night: 02:00 of today · alarm: the most urgent one's · warning: drafted from it
· issued, incoming, risk: the first that the lists show."""


def main() -> None:
    """Starts the demo, waits for its storm and takes the pictures."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        words = [str(Path(sys.executable).parent / "anlan"), "demo", "--port", "18421", "--data"]
        with out.open("wb") as sink:
            process = subprocess.Popen([*words, f"{folder}/data"], stdout=sink)
        try:
            url = _opened(out)
            time.sleep(STORM_S)
            with sync_playwright() as playwright:
                chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=SOFTWARE)
                _all(chromium, url)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _opened(out: Path) -> str:
    while not (found := re.match(r"(http://\S+)\n", out.read_text())):
        time.sleep(0.2)
    end = time.monotonic() + 900
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(f"{found[1]}/healthz", timeout=5).close()  # noqa: S310 - our own address
        except OSError:
            time.sleep(1)
        else:
            return found[1]
    raise RuntimeError("the demo does not come up")


def _all(chromium: Browser, url: str) -> None:
    for sight, settings in SIGHTS.items():
        context = chromium.new_context(**settings, locale="zh-CN")
        page = context.new_page()
        page.goto(f"{url}/login")
        _keep(page.screenshot(), f"sign-in-{sight}")
        _sign_in(page, url)
        for name, path in _pages(page, url).items():
            page.goto(url + path)
            page.wait_for_timeout(SETTLED_MS)
            _keep(page.screenshot(), f"{name}-{sight}")
            if (name, sight) == ("desk", "light-1440"):
                (FOLDER / "demo.png").write_bytes(_few_colours(page.screenshot()))
        context.close()
    context = chromium.new_context(
        viewport={"width": 3840, "height": 2160}, color_scheme="dark", locale="zh-CN"
    )
    page = context.new_page()
    _sign_in(page, url)
    page.goto(f"{url}/cockpit?wall=1")
    page.wait_for_timeout(SETTLED_MS)
    _keep(page.screenshot(), "cockpit-wall-3840")
    page.goto(url)
    page.click("button[value=en]")
    page.set_viewport_size({"width": 1440, "height": 900})
    for name in ENGLISH:
        page.goto(url + _pages(page, url)[name])
        page.wait_for_timeout(SETTLED_MS)
        _keep(page.screenshot(), f"{name}-english-1440")
    context.close()
    _gallery()


def _gallery() -> None:
    """The page that shows them."""
    now = datetime.datetime.now(datetime.UTC)
    rows = "\n".join(
        f"| {name} | " + " | ".join(f"![{name}]({name}-{sight}.webp)" for sight in SIGHTS) + " |"
        for name in ("sign-in", *PAGES)
    )
    others = ("cockpit-wall-3840", *(f"{name}-english-1440" for name in ENGLISH))
    more = " ".join(f"![{one}]({one}.webp)" for one in others)
    (FOLDER / "README.md").write_text(
        "# Pictures\n\nThe fictional city 安澜市 while its storm lasts, as "
        f"`county-admin` sees it. Taken by `tools/pictures` on {now:%F}.\n\n"
        f"| page | {' | '.join(SIGHTS)} |\n|---|---|---|---|\n{rows}\n\n"
        f"The wall, and in English:\n\n{more}\n"
    )


def _sign_in(page: Page, url: str) -> None:
    page.goto(f"{url}/login")
    page.fill("[name=key]", "county-admin")
    page.fill("[name=password]", "anlan-demo")
    page.click("button.primary")
    page.wait_for_selector(".who")


def _pages(page: Page, url: str) -> dict[str, str]:
    """The pages' addresses as things stand."""
    page.goto(url)
    alarm = page.locator("[data-rows] .row-what a").first.get_attribute("href") or "/alarms/"
    warning = _draft(page, url, alarm)
    places = {
        "alarm": alarm, "warning": warning, "night": f"{datetime.datetime.now(CITY):%F}T02:00",
        "issued": _first(page, f"{url}/warnings/?state=cancelled"),
        "incoming": _first(page, f"{url}/warnings/incoming/"),
        "risk": _first(page, f"{url}/warnings/risks/"),
    }  # fmt: skip
    return {name: path.format(**places) for name, path in PAGES.items()}


def _first(page: Page, address: str) -> str:
    """Where the first row of a list leads."""
    page.goto(address)
    return page.locator("main tbody a").first.get_attribute("href") or "/"


def _draft(page: Page, url: str, alarm: str) -> str:
    """The address of the warning that stands for an alarm; drafted where there is none."""
    page.goto(url + alarm)
    known = page.locator("main a[href^='/warnings/']:not([href*='/risks/'])")
    press = "[action^='/warnings/from/']"
    if not known.count() and page.locator(press).count():
        page.click(f"{press} button")
        page.goto(url + alarm)
    return (known.first.get_attribute("href") if known.count() else None) or "/warnings/"


def _keep(png: bytes, name: str) -> None:
    """As WebP, where no letter loses its edge."""
    with Image.open(io.BytesIO(png)) as picture:
        picture.convert("RGB").save(FOLDER / f"{name}.webp", quality=80, method=6)


def _few_colours(png: bytes) -> bytes:
    """The same in 128 colours, which loses nothing that the eye would miss."""
    small = io.BytesIO()
    with Image.open(io.BytesIO(png)) as picture:
        few = picture.convert("RGB").quantize(128, dither=Image.Dither.NONE)
        few.save(small, "PNG", optimize=True)
    return small.getvalue()


if __name__ == "__main__":
    main()
