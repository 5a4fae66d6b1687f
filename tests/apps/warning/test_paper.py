"""The sheet of a message: its own words, the same file each time, its mark on each page."""

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from pypdf import PdfReader

from anlan.apps.warning.queries.paper import pdf_of, png_of
from anlan.cap.message import Alert
from anlan.cap.read import read
from anlan.cap.write import write
from tests.apps.warning.conftest import Office
from tests.apps.warning.reaching import set_options
from tests.apps.warning.test_pages import browser_of

ADDRESS = "https://anlan.county.example"
_MEAN = {"Exercise": "演练用，并非真实预警", "Test": "测试用，并非真实预警"}


def bare(text: str) -> str:
    """A text without the breaks and blanks that lines and pages put into it."""
    return re.sub(r"\s+", "", text)


def pages_of(pdf: bytes) -> list[str]:
    """What a reader copies out of each page."""
    return [bare(page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def sent(office: Office, status: str = "") -> bytes:
    xml: bytes = office.issued(status=status).messages.get().xml
    return xml


def changed(xml: bytes, **words: Any) -> bytes:
    """A message whose Chinese part says something else."""
    message: Alert = read(xml)
    return write(replace(message, info=(replace(message.info[0], **words), *message.info[1:])))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_says_the_frozen_words_and_can_be_read_aloud(office: Office, language: str) -> None:
    xml = sent(office)
    pdf = pdf_of(xml, language)
    (info,) = [one for one in read(xml).info if one.spoken.startswith(language)]
    told = "".join(pages_of(pdf))
    words = [info.headline, info.description, info.instruction, info.contact, info.sender_name]
    for said in [*words, *(area.area_desc for area in info.area), read(xml).identifier]:
        assert bare(said or "").replace("Bureau,", "Bureau") in told
    reader = PdfReader(io.BytesIO(pdf))
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"].startswith(language)
    assert root["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None
    assert reader.metadata.title == info.headline


def test_all_its_fonts_are_inside(office: Office) -> None:
    reader = PdfReader(io.BytesIO(pdf_of(sent(office), "zh")))
    faces: list[Any] = [page["/Resources"] for page in reader.pages]
    fonts = [font.get_object() for face in faces for font in face["/Font"].values()]
    inner = [one.get_object() for font in fonts for one in font["/DescendantFonts"]]
    assert inner
    for font in inner:
        assert {"/FontFile2", "/FontFile3"} & set(font["/FontDescriptor"].get_object())


def test_the_same_message_makes_the_same_bytes(office: Office) -> None:
    xml = sent(office)
    address = f"{ADDRESS}/public/zh/warning/x.html"
    assert pdf_of(xml, "zh", address=address) == pdf_of(xml, "zh", address=address)
    assert png_of(xml, "zh") == png_of(xml, "zh")
    assert pdf_of(xml, "zh") != pdf_of(changed(xml, contact="119"), "zh")


@pytest.mark.parametrize("status", ["Exercise", "Test"])
def test_a_drill_says_so_on_each_page_whatever_its_text(office: Office, status: str) -> None:
    xml = changed(sent(office, status), description="水位持续上涨。" * 1500)
    for language in ("zh", "en"):
        pages = pages_of(pdf_of(xml, language))
        assert all(_MEAN[status] in page for page in pages)
    assert len(pages_of(pdf_of(xml, "zh"))) > 3
    assert not any("并非真实" in page for page in pages_of(pdf_of(sent(office), "zh")))


def test_a_very_long_text_and_a_hundred_areas_lose_nothing(office: Office) -> None:
    xml = sent(office)
    (area,) = read(xml).info[0].area
    areas = tuple(replace(area, area_desc=f"第{n}号片区") for n in range(100))
    text = "".join(f"第{n}句话。" for n in range(2000))
    long = changed(xml, area=areas, description=text, instruction="转移" * 800)
    told = "".join(re.sub(r"\d*SHA-256[0-9a-f]{64}\d+/\d+|\d+_\d+(?=SHA)", "", page)
                   for page in pages_of(pdf_of(long, "zh")))  # fmt: skip
    assert all(f"第{n}号片区" in told for n in range(100))
    assert sum(f"第{n}句话" in told for n in range(2000)) >= 1990  # some stand across two pages
    boxes = _lines(pdf_of(long, "zh"))
    assert len(boxes) > 100
    assert not [one for one in boxes if boxes.count(one) > 1]


def _lines(pdf: bytes) -> list[tuple[int, float, float]]:
    """Where each piece of text begins: page, across, up."""
    found: list[tuple[int, float, float]] = []
    for number, page in enumerate(PdfReader(io.BytesIO(pdf)).pages):

        def seen(text: str, cm: Any, tm: Any, *_font: Any, at: int = number) -> None:
            if text.strip():
                x, y = tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]
                found.append((at, round(x, 1), round(y, 1)))

        page.extract_text(visitor_text=seen)
    return found


def test_markup_in_a_text_is_only_text(office: Office) -> None:
    text = '#read("/etc/passwd") $x$ *a* _b_ <c> @d \\ // [e] #{1+1}'
    told = "".join(pages_of(pdf_of(changed(sent(office), description=text), "zh")))
    assert bare(text) in told


def test_what_is_lifted_shows_no_level_colour(office: Office) -> None:
    xml = sent(office)
    lifted = write(replace(read(xml), msg_type="Cancel"))
    assert "解除" in "".join(pages_of(pdf_of(lifted, "zh")))
    assert "ORANGE" in "".join(pages_of(pdf_of(xml, "zh")))
    assert "ORANGE" not in "".join(pages_of(pdf_of(lifted, "zh")))


def test_the_picture_is_one_and_says_the_level_in_colour(office: Office) -> None:
    image = Image.open(io.BytesIO(png_of(sent(office), "zh"))).convert("RGB")
    colours = {colour for _n, colour in image.getcolors(1 << 24) or []}
    assert (0xFF, 0x8C, 0x1A) in colours
    assert image.width < 1000


def test_it_is_had_from_the_page_by_those_who_see_the_warning(
    office: Office, settings: Any
) -> None:
    set_options(settings, address=ADDRESS)
    one = office.issued()
    browser = browser_of("county")
    page = browser.get(f"/warnings/{one.key}").text
    for language in ("zh", "en"):
        for form, start in (("pdf", b"%PDF"), ("png", b"\x89PNG")):
            path = f"/warnings/{one.key}/messages/1.{language}.{form}"
            assert path in page
            answer = browser.get(path)
            assert (answer.status_code, answer.content[:4]) == (200, start)
            assert browser_of("county-b-chief").get(path).status_code == 404
            assert browser_of("enterprise").get(path).status_code == 403
            assert Client().get(path).status_code in (302, 401)
    told = "".join(pages_of(browser.get(f"/warnings/{one.key}/messages/1.zh.pdf").content))
    assert f"{ADDRESS}/public/zh/warning/{one.key}.html" in told
    for odd in ("1.fr.pdf", "1.zh.svg", "2.zh.pdf", "99999999999.zh.pdf"):
        assert browser.get(f"/warnings/{one.key}/messages/{odd}").status_code == 404


def test_a_drill_leads_to_no_public_page(office: Office, settings: Any) -> None:
    set_options(settings, address=ADDRESS)
    one = office.issued(status="Exercise")
    body = browser_of("county").get(f"/warnings/{one.key}/messages/1.zh.pdf").content
    assert "/public/" not in "".join(pages_of(body))
