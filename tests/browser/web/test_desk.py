"""The desk as people use it: keys, selection, a list that renews itself, the line to the server."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.web.conftest import Theatre
from tests.browser.web.stage import NOW

pytestmark = pytest.mark.browser
GAS = ("gas", "red", "◆", "红色", "隧道 · CO 180 ppm")
TONES_OF_RED = 6
COUNTS = """window.rung = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...at) {
  window.rung += 1;
  start.apply(this, at);
};"""

_KEY_AFTER_SWAP = """document.addEventListener("htmx:afterSwap", () => setTimeout(() =>
  document.body.dispatchEvent(new KeyboardEvent("keydown", { code: "KeyA", bubbles: true }))),
  { once: true });
document.body.dispatchEvent(new CustomEvent("alarms"));"""


def chosen(page: Page) -> str | None:
    found: str | None = page.evaluate(
        "document.querySelector('[data-rows] [aria-current=true]')?.dataset.id ?? null"
    )
    return found


def live(theatre: Theatre, path: str = "/") -> Page:
    page = theatre.open(path)
    expect(page.locator(".live")).to_have_text("在线")
    return page


def test_one_key_acknowledges_the_most_urgent(theatre: Theatre) -> None:
    page = live(theatre)
    page.keyboard.press("a")
    expect(page.locator(".toast")).to_contain_text("已签收")
    assert theatre.stage.done == ["/do/reservoir/A"]


def test_keys_move_and_act_on_the_chosen_row(theatre: Theatre) -> None:
    page = live(theatre)
    for key in ("j", "ArrowDown", "j", "k"):
        page.keyboard.press(key)
    assert chosen(page) == "tank"
    with page.expect_response("**/do/tank/S"):
        page.keyboard.press("s")


def test_what_was_done_can_be_undone_by_a_key(theatre: Theatre) -> None:
    page = live(theatre)
    page.keyboard.press("a")
    expect(page.locator(".toast [data-undo]")).to_be_visible()
    with page.expect_response("**/undo"):
        page.keyboard.press("u")


def test_keys_are_letters_while_someone_writes(theatre: Theatre) -> None:
    page = live(theatre)
    page.locator("#why").fill("")
    page.locator("#why").press_sequentially("asc?")
    assert page.locator("#why").input_value() == "asc?"
    assert not theatre.stage.done


def test_the_question_mark_tells_the_keys(theatre: Theatre) -> None:
    page = live(theatre)
    page.keyboard.press("?")
    expect(page.locator("dialog#keys")).to_be_visible()
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    expect(page.locator("dialog#keys")).to_be_hidden()
    assert not theatre.stage.done


def test_a_new_list_keeps_the_row_and_the_focus(theatre: Theatre) -> None:
    page = live(theatre)
    page.locator('[data-id="slope"] [data-key="S"]').focus()
    theatre.stage.alarms.insert(0, ("gas", "red", "◆", "红色", "隧道 · CO 180 ppm"))
    theatre.stage.revision = 2
    theatre.stage.say("alarms", {"revision": 2})
    expect(page.locator('[data-id="gas"]')).to_be_visible()
    assert chosen(page) == "slope"
    focused = page.evaluate(
        """[document.activeElement.dataset.key,
            document.activeElement.closest('[data-id]')?.dataset.id]"""
    )
    assert focused == ["S", "slope"]
    expect(page).to_have_title(re.compile("^◆2 ▲2"))


def test_a_key_acts_as_soon_as_a_new_list_stands(theatre: Theatre) -> None:
    page = live(theatre)
    with page.expect_request("**/do/reservoir/A"):
        page.evaluate(_KEY_AFTER_SWAP)


def test_a_live_value_is_written_with_its_age(theatre: Theatre) -> None:
    page = live(theatre)
    row = ["z1", NOW - 3000, 102.4567, "good"]
    theatre.stage.say("readings", {"rows": [row], "tick": NOW})
    expect(page.locator("[data-sensor=z1] [data-value]")).to_have_text("102.46")
    expect(page.locator("[data-sensor=z1] time")).to_have_text(re.compile(r"^\d{1,2} 秒前$"))
    theatre.stage.say("readings", {"rows": [["z1", NOW, None, "missing"]], "tick": NOW})
    expect(page.locator("[data-sensor=z1]")).to_have_class("stale")


def test_a_cut_line_is_said_in_words_everywhere(theatre: Theatre) -> None:
    page = live(theatre)
    theatre.stage.cut()
    expect(page.locator(".live")).to_have_text("连接中断于 02:00")
    expect(page.locator(".banner-cut")).to_be_visible()
    assert "✕ 连接中断于 02:00" in page.title()
    theatre.stage.is_cut = False
    expect(page.locator(".live")).to_have_text("在线", timeout=60_000)
    expect(page.locator(".banner-cut")).to_be_hidden()


def test_tabs_share_one_line(theatre: Theatre) -> None:
    context = theatre.context()
    for _ in range(3):
        page = theatre.open("/", context=context)
        expect(page.locator(".live")).to_have_text("在线")
    page.wait_for_timeout(500)
    assert len(theatre.stage.streams) == 1


def test_the_line_asks_for_what_the_page_shows(theatre: Theatre) -> None:
    live(theatre)
    assert theatre.stage.wanted[-1] == "sensors=z1"


def test_the_sound_is_asked_for_once_a_shift_and_silence_is_said(theatre: Theatre) -> None:
    context = theatre.context()
    page = theatre.open("/", context=context)
    assert "静音" in page.title()
    page.get_by_role("button", name="打开本班声音").click()
    expect(page.locator("[data-sound]")).to_have_text("声音已开")
    assert "静音" not in page.title()
    page.reload()
    expect(page.locator(".banner-sound")).to_have_count(0)
    page.locator("#main").click(position={"x": 2, "y": 2})
    expect(page.locator("[data-sound]")).to_have_text("声音已开")


def test_of_all_tabs_one_rings_and_only_for_what_is_new(theatre: Theatre) -> None:
    one = _sounding(theatre)
    two = theatre.open("/", context=one.context)
    two.locator("#main").click(position={"x": 2, "y": 2})
    expect(two.locator("[data-sound]")).to_have_text("声音已开")
    for page in (one, two):
        page.evaluate("window.rung = 0")
    _renew(theatre, revision=2)
    one.wait_for_timeout(800)
    assert [_rung(page) for page in (one, two)] == [0, 0]
    _renew(theatre, GAS, revision=3)
    for page in (one, two):
        expect(page.locator('[data-id="gas"]')).to_be_visible()
    _await_tones(one, two)
    one.wait_for_timeout(1500)  # the other would have rung by now
    assert sorted(_rung(page) for page in (one, two)) == [0, TONES_OF_RED]


def test_a_silent_tab_does_not_silence_another(theatre: Theatre) -> None:
    one = _sounding(theatre)
    mute = theatre.open("/", context=one.context)  # nobody has touched it, so it cannot sound
    expect(mute.locator(".live")).to_have_text("在线")
    expect(mute.locator("[data-sound]")).to_have_text("静音")
    one.evaluate("window.rung = 0")
    _renew(theatre, GAS, revision=2)
    expect(one.locator('[data-id="gas"]')).to_be_visible()
    _await_tones(one)
    assert _rung(one) == TONES_OF_RED


def test_an_alarm_that_came_while_the_page_changed_rings(theatre: Theatre) -> None:
    page = _sounding(theatre)
    theatre.stage.alarms.insert(0, GAS)
    page.reload()
    expect(page.locator(".live")).to_have_text("在线")
    page.locator("#main").click(position={"x": 2, "y": 2})
    _await_tones(page)
    assert _rung(page) == TONES_OF_RED


def _sounding(theatre: Theatre) -> Page:
    """A desk whose sound is on, and which counts its tones."""
    context = theatre.context()
    context.add_init_script(COUNTS)
    page = theatre.open("/", context=context)
    page.get_by_role("button", name="打开本班声音").click()
    expect(page.locator("[data-sound]")).to_have_text("声音已开")
    return page


def _rung(page: Page) -> int:
    """Tones begun since the count was set."""
    return int(page.evaluate("window.rung"))


def _await_tones(*pages: Page) -> None:
    """Returns when the pages have rung for a red alarm, or late; the page's policy forbids the
    browser to wait for an expression."""
    for _ in range(300):
        if sum(map(_rung, pages)) >= TONES_OF_RED:
            return
        pages[0].wait_for_timeout(100)


def _renew(theatre: Theatre, *alarms: tuple[str, str, str, str, str], revision: int) -> None:
    theatre.stage.alarms[:0] = alarms
    theatre.stage.revision = revision
    theatre.stage.say("alarms", {"revision": revision})


def test_the_menu_keeps_to_one_line_and_loses_nothing(theatre: Theatre) -> None:
    page = live(theatre)
    items, more = page.locator(".topnav a"), page.locator(".topnav [data-more]")
    names = items.all_inner_texts()
    page.set_viewport_size({"width": 320, "height": 800})
    expect(more).to_be_visible()
    assert page.locator(".topnav").evaluate("nav => nav.scrollWidth <= nav.clientWidth")
    more.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(more.get_by_role("link", name=names[-1])).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("main").click()
    page.set_viewport_size({"width": 1440, "height": 800})
    expect(more).to_be_hidden()
    assert items.all_inner_texts() == names
