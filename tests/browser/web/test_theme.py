"""The theme: what people can read in both themes and at every width; what the policy forbids."""

from pathlib import Path
from typing import Any

import pytest

from tests.browser.web.conftest import Theatre

pytestmark = pytest.mark.browser
SIGHT = (Path(__file__).parent / "sight.js").read_text().split("\n", 1)[1]
LEVELS = ("red", "orange", "yellow", "blue")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/charts"])
def test_every_text_can_be_read(theatre: Theatre, theme: str, path: str) -> None:
    page = theatre.open(f"{path}?theme={theme}", theme=theme)
    page.wait_for_selector("an-chart canvas")
    page.evaluate(
        """for (const one of document.querySelectorAll("[hidden], details")) {
          one.hidden = false;
          one.open = true;
        }"""
    )
    texts: list[dict[str, Any]] = page.evaluate(SIGHT)
    assert len(texts) > (60 if path == "/" else 5)
    weak = [one for one in texts if one["ratio"] < 4.5]
    assert not weak


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_and_lines_in_a_colour_of_level_stand_out(theatre: Theatre, theme: str) -> None:
    """The colour of thin lines also carries words: at least 4.5 on the surface."""
    page = theatre.open(f"/?theme={theme}", theme=theme)
    page.evaluate(
        """levels => {
          const box = document.createElement("div");
          box.id = "sample";
          for (const level of levels) {
            box.insertAdjacentHTML("beforeend",
              `<p class="card lvline-${level}"><span class="lvtext">${level}-line</span></p>`);
          }
          document.getElementById("main").append(box);
        }""",
        list(LEVELS),
    )
    texts = [t for t in page.evaluate(SIGHT) if t["text"].endswith("-line")]
    assert len(texts) == len(LEVELS)
    assert not [one for one in texts if one["ratio"] < 4.5]


@pytest.mark.parametrize("width", [360, 390, 768, 1440, 3840])
def test_no_page_is_wider_than_its_window(theatre: Theatre, width: int) -> None:
    page = theatre.open("/", width=width)
    page.wait_for_selector("an-chart canvas")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_buttons_are_large_enough_for_a_thumb(theatre: Theatre) -> None:
    page = theatre.open("/", width=390, height=844)
    heights = page.locator(".row-acts button, .actionbar button").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert heights
    assert min(heights) >= 44


def test_cells_stand_under_their_heads(theatre: Theatre) -> None:
    page = theatre.open("/")
    edges = page.locator("#bare th, #bare td").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect()).map(box => [box.left, box.right])"
    )
    assert edges[:2] == edges[2:]


def test_the_acts_stand_at_the_foot_of_a_phone(theatre: Theatre) -> None:
    page = theatre.open("/", width=390, height=844)
    box = page.locator(".actionbar").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] == pytest.approx(844, abs=1)


def test_the_theme_is_switched_and_kept(theatre: Theatre) -> None:
    context = theatre.context()
    page = theatre.open("/", context=context)
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("[data-theme-switch]").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    kept = {one["name"]: one["value"] for one in context.cookies()}
    assert kept["anlan_theme"] == "dark"


@pytest.mark.parametrize("path", ["/", "/plain"])
def test_the_policy_forbids_nothing_that_pages_do(theatre: Theatre, path: str) -> None:
    page = theatre.open(path)
    page.wait_for_timeout(800)
    page.locator("body").click(position={"x": 5, "y": 5})
    assert not theatre.complaints


def test_focus_is_seen(theatre: Theatre) -> None:
    page = theatre.open("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    width = page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
    assert width >= 2
