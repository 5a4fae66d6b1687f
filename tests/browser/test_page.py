"""The demo's page as people use it: alarms, languages, phones, keys, colours, a cut cable."""

import itertools
import re
import time

import pytest

from tests.browser.conftest import Demo, Window, open_window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

LANGUAGES = ("zh-hans", "en")
RIVER = "/sensor/990104-Z1"
PATHS = ("/", RIVER, "/object/990600", "/nothing/here")


def test_an_alarm_shows_within_a_minute_of_the_first_page(ready: Demo, window: Window) -> None:
    waited = time.monotonic() - ready.began
    page = window.open()
    page.wait_for_selector(".alarm", timeout=1000 * max(1, 60 - waited))
    words = page.locator(".alarm .said p").first.inner_text()
    assert re.search(r"已持续\s\d+ (秒|分钟)", words), words


def test_it_says_that_it_is_invented(window: Window) -> None:
    page = window.open()
    assert "虚构" in page.locator("header").inner_text()
    assert "虚构" in page.locator("footer").inner_text()
    assert "虚构" in page.title()


def test_the_worst_comes_first(window: Window) -> None:
    page = window.open()
    edges = page.locator(".alarm").evaluate_all(
        "rows => rows.map(r => Number(r.className.match(/edge(\\d)/)[1]))"
    )
    assert edges == sorted(edges, reverse=True)


def test_values_go_on_without_a_reload(window: Window) -> None:
    page = window.open()
    page.evaluate("window.stayed = true")
    clock, changed = page.locator("#clock"), page.locator("#row-990104-Z1 time")
    before = clock.inner_text(), changed.get_attribute("data-age")
    page.wait_for_timeout(7000)
    assert clock.inner_text() != before[0]
    assert changed.get_attribute("data-age") != before[1]
    assert page.evaluate("window.stayed") is True


def test_the_language_switch_stays(window: Window) -> None:
    page = window.open()
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    page.get_by_role("link", name="切换到英文").click()
    page.wait_for_selector("text=fictional demo")
    page.goto(window.url + RIVER)
    assert page.locator("html").get_attribute("lang") == "en"
    page.wait_for_timeout(2500)  # what the stream sends speaks English too
    shown = page.locator("main").inner_text()
    kept = [line for line in re.findall(r".*[\u4e00-\u9fff].*", shown) if "澜水流域" not in line]
    assert not kept, "only the names of sources stay in their own language"
    page.get_by_role("link", name="switch language").click()
    page.wait_for_selector("text=虚构演示")


def test_the_theme_follows_the_system_or_the_switch(browser_theme: tuple[Window, Window]) -> None:
    light, dark = (one.open() for one in browser_theme)
    shade = "getComputedStyle(document.body).backgroundColor"
    assert light.evaluate(shade) == "rgb(246, 247, 249)"
    assert dark.evaluate(shade) == "rgb(14, 19, 25)"
    dark.get_by_role("link", name=re.compile("外观")).click()
    dark.wait_for_selector("html[data-theme=light]")
    assert dark.evaluate(shade) == "rgb(246, 247, 249)"


@pytest.fixture
def browser_theme(window: Window, ready: Demo) -> tuple[Window, Window]:
    browser = window.context.browser
    assert browser is not None
    return window, open_window(browser, ready, color_scheme="dark")


@pytest.mark.parametrize(("path", "language"), list(itertools.product(PATHS, LANGUAGES)))
def test_a_phone_needs_no_sideways_scrolling(
    window: Window, ready: Demo, path: str, language: str
) -> None:
    browser = window.context.browser
    assert browser is not None
    phone = open_window(browser, ready, viewport={"width": 360, "height": 740}, lang=language)
    page = phone.open(path)
    page.wait_for_timeout(1500)
    width = page.evaluate("document.documentElement.scrollWidth")
    wide = page.evaluate(
        "[...document.querySelectorAll('body *')].filter(n => n.getBoundingClientRect().right > 361"
        " && !n.closest('svg') && !n.matches('.skip')).map(n => n.outerHTML.slice(0, 90))"
    )
    phone.context.close()
    assert width <= 360, wide


@pytest.mark.parametrize("path", PATHS[:3])
def test_nothing_is_complained_of(window: Window, path: str) -> None:
    page = window.open(path)
    page.wait_for_timeout(3000)
    assert not window.complaints


def test_the_policy_allows_nothing_inline(window: Window) -> None:
    answer = window.page.goto(window.url)
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son\w+=", answer.text())


def test_what_has_the_focus_is_seen(window: Window) -> None:
    page = window.open()
    for _ in range(12):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            "(() => { const n = document.activeElement, s = getComputedStyle(n);"
            " return [n.tagName, s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2"
            "  || getComputedStyle(n.querySelector('.touch') ?? n).strokeWidth !== '1px'] })()"
        )
        assert seen[0] != "BODY"
        assert seen[1], seen


_PAIRS = [
    *itertools.product(("text", "muted", "accent"), ("page", "surface")),
    *((f"on-{level}", level) for level in ("red", "orange", "yellow", "blue")),
    ("normal", "surface"),
    ("page", "text"),
]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_is_told_from_its_ground(window: Window, theme: str) -> None:
    page = window.open(f"/?theme={theme}")
    style = "n => getComputedStyle(document.documentElement).getPropertyValue('--' + n)"
    faint = {
        pair: round(ratio, 2)
        for pair in _PAIRS
        if (ratio := contrast(*(page.evaluate(style, name) for name in pair))) < 4.5
    }
    assert not faint


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG between two colours written #rgb or #rrggbb."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.strip().lstrip("#")
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_cut_cable_is_told(window: Window) -> None:
    page = window.open()
    page.wait_for_timeout(1500)
    assert "实时" in page.locator("#state").inner_text()
    window.context.set_offline(True)
    page.evaluate("stop()")
    page.wait_for_selector("#state.off", timeout=15_000)
    assert re.search(r"自 \d\d:\d\d:\d\d 起", page.locator("#state").inner_text())


@pytest.mark.parametrize(
    ("language", "marked", "said"),
    [("zh-hans", "仅供参考，不影响报警", "走势"), ("en", "they change no alarm", "course")],
)
def test_hints_are_marked_as_hints(
    window: Window, ready: Demo, language: str, marked: str, said: str
) -> None:
    browser = window.context.browser
    assert browser is not None
    other = open_window(browser, ready, lang=language)
    hints = other.open(RIVER).locator("#hints")
    hints.wait_for()
    assert marked in hints.inner_text()
    assert re.search(rf"{said}|highest limit|最高一级|Too few|太少", hints.inner_text())
    other.context.close()


def test_a_chart_tells_its_units(window: Window) -> None:
    page = window.open(RIVER)
    units = page.locator("#chart svg.wide .unit").all_text_contents()
    assert units == ["m", "北京时间"]
    assert page.locator("#chart svg:visible").count() == 1


def test_an_alarm_leads_back_to_its_readings(window: Window) -> None:
    page = window.open()
    page.locator(".alarm:has(a[href^='/sensor/']) .what").last.click()
    page.wait_for_selector(".evidence[open] .stored .deciding")
    proof = page.locator(".evidence[open]").first.inner_text()
    for word in ("规则", "版本", "判据", "限值", "首次越限", "条记录"):
        assert word in proof
    assert page.locator("#chart svg.wide .course").count() == 1
    assert page.locator("#chart svg.wide .fill").count() >= 1
