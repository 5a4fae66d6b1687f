"""Charts: silences stay gaps, keys move and zoom, swaps leave them whole, failures say so."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.web.conftest import Theatre
from tests.browser.web.stage import HOUR, NOW

pytestmark = pytest.mark.browser
INK = (Path(__file__).parent / "ink.js").read_text().split("\n", 1)[1]


def river(theatre: Theatre, theme: str = "light") -> tuple[Page, Locator]:
    page = theatre.open(f"/charts?theme={theme}", theme=theme)
    chart = page.locator("#river")
    expect(chart.locator("canvas")).to_be_visible()
    expect(chart.locator("table tr").nth(10)).to_be_attached()  # its values have come
    page.wait_for_timeout(300)
    return page, chart


def until(page: Page, is_so: Callable[[], bool]) -> None:
    """Returns when it is so; the page's policy forbids the browser to wait for an expression."""
    for _ in range(300):
        if is_so():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_silence_is_a_gap(theatre: Theatre, theme: str) -> None:
    """The hour without readings lies 4 to 5 twelfths into the picture; no line crosses it."""
    page, chart = river(theatre, theme=theme)
    until(page, lambda: _has_ink(chart, 0.1, 0.3) and _has_ink(chart, 0.5, 0.9))
    assert not _has_ink(chart, 4.1 / 12, 4.9 / 12)


def _has_ink(chart: Locator, after: float, before: float) -> bool:
    """Whether a line is drawn in this share of the picture's width."""
    found = chart.locator(".chart-box").evaluate(INK)
    first, last = 52, found["width"] - 92
    return any(after < (x - first) / (last - first) < before for x in found["columns"])


def test_the_keyboard_reads_values_aloud(theatre: Theatre) -> None:
    page, chart = river(theatre)
    chart.focus()
    page.keyboard.press("ArrowLeft")
    expect(chart.locator("[aria-live]")).to_contain_text("2026-07-21 01:4")
    expect(chart.locator("[aria-live]")).to_contain_text("m")


def test_zooming_asks_for_more_detail(theatre: Theatre) -> None:
    page, chart = river(theatre)
    chart.focus()
    with page.expect_response("**/chart.json?*"):
        page.keyboard.press("+")
    ask = theatre.stage.asked[-1]
    assert int(ask["to"][0]) - int(ask["from"][0]) == 6 * HOUR
    with page.expect_response("**/chart.json?*"):
        page.keyboard.press("Home")
    ask = theatre.stage.asked[-1]
    assert int(ask["to"][0]) - int(ask["from"][0]) == 12 * HOUR


def test_dragging_goes_into_the_past_and_never_beyond_now(theatre: Theatre) -> None:
    page, chart = river(theatre)
    box = chart.locator(".chart-box").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 300, box["y"] + 80)
    page.mouse.down()
    with page.expect_response("**/chart.json?*"):
        page.mouse.move(box["x"] + 600, box["y"] + 80, steps=4)
        page.mouse.up()
    assert int(theatre.stage.asked[-1]["to"][0]) < NOW
    chart.focus()
    with page.expect_response("**/chart.json?*"):
        page.keyboard.press("PageDown")
    assert int(theatre.stage.asked[-1]["to"][0]) <= NOW + HOUR


def test_a_chart_lives_through_a_swap(theatre: Theatre) -> None:
    page, chart = river(theatre)
    chart.locator("canvas").evaluate("one => { window.before = one; }")
    asked = len(theatre.stage.asked)
    page.evaluate("document.body.dispatchEvent(new CustomEvent('again'))")
    expect(page.locator("#swapped")).to_be_visible()
    page.wait_for_timeout(300)
    assert chart.locator("canvas").evaluate("one => one === window.before")
    assert len(theatre.stage.asked) == asked


def test_a_new_reading_is_drawn(theatre: Theatre) -> None:
    page, chart = river(theatre)
    rows = [{"sensor": "z1", "at": NOW + 100, "value": 4.321, "quality": "good"}]
    page.evaluate(
        "rows => document.dispatchEvent(new CustomEvent('an-readings', {detail: {rows}}))", rows
    )
    chart.focus()

    def is_last() -> bool:
        page.keyboard.press("ArrowRight")  # the newest, and no further
        return "4.32" in (chart.locator(".chart-at").text_content() or "")

    until(page, is_last)


def test_the_ear_has_the_same_facts(theatre: Theatre) -> None:
    _, chart = river(theatre)
    facts = chart.locator(".sr-only", has=chart.page.locator("table"))
    assert facts.locator("tr").count() >= 20
    expect(facts).to_contain_text("红色 3.66")
    expect(facts).to_contain_text("警戒水位")


def test_quantities_of_different_units_are_drawn_apart(theatre: Theatre) -> None:
    page = theatre.open("/charts")
    expect(page.locator("#two canvas")).to_have_count(2)


def test_a_failure_is_said_and_can_be_tried_again(theatre: Theatre) -> None:
    page = theatre.open("/charts")
    expect(page.locator("#broken")).to_contain_text("未能载入")
    with page.expect_response("**/nothing.json*"):
        page.locator("#broken button").click()
