"""A contact sheet in a real browser, opened as a file: no server, no network."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from batches.exports import Options
from batches.store.ledger import pictures
from tests.batches.exports.conftest import gallery  # noqa: F401  # a fixture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.batches.exports.gallery import Gallery

PROMPTS = ("A red fox", "An owl </script><b>", "A heron")


@pytest.fixture
def sheet(browser: Browser, request: pytest.FixtureRequest, gallery: Gallery) -> Iterator[Page]:  # noqa: F811  # as above
    """Nine pictures of three prompts, in two styles. A complaint in the console fails the test."""
    batch = gallery.make(9, prompts=PROMPTS, labels=[{"style": "photo"}, {"style": "drawing"}])
    gallery.world.do(pictures.flag, batch, "size", [4])
    gallery.export(batch, form="sheet", options=Options(self_contained=getattr(request, "param", False)))
    page = browser.new_page(viewport={"width": 1180, "height": 900})
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"file://{gallery.folder}/dataset/index.html")
    yield page
    page.close()
    assert complaints == []


def texts(sheet: Page) -> list[str]:
    """The prompts of the pictures that are shown, as they follow each other."""
    return [text.rpartition(" ")[2] for text in sheet.locator(".card .text").all_text_contents()]


def seeds(sheet: Page) -> list[int]:
    return [int(text.split("seed ")[1].split()[0]) for text in sheet.locator(".card .facts").all_text_contents()]


@pytest.mark.parametrize("sheet", [False, True], indirect=True, ids=["with files", "as one file"])
def test_every_thumbnail_is_shown(sheet: Page) -> None:
    expect(sheet.locator(".card img")).to_have_count(9)
    for image in sheet.locator(".card img").all():
        expect(image).to_have_js_property("naturalWidth", 32)
    assert sheet.locator("#count").inner_text() == "9 pictures, 12.6 credits"
    assert texts(sheet)[:3] == ["fox", "</script><b>", "heron"]


def test_it_is_searched_narrowed_and_sorted_and_its_address_says_so(sheet: Page) -> None:
    sheet.get_by_label("Search").fill("FOX seed-less")
    sheet.get_by_text("No picture is like that.").wait_for()
    sheet.get_by_label("Search").fill("fox")
    expect(sheet.locator(".card")).to_have_count(3)
    sheet.get_by_role("combobox", name="Style", exact=True).select_option("photo")
    expect(sheet.locator(".card")).to_have_count(2)
    assert sheet.locator("#count").inner_text() == "2 of 9 pictures, 2.8 credits"
    sheet.get_by_label("Last first").check()
    expect(sheet).to_have_url(re.compile("down=on"))
    assert seeds(sheet) == [7, 1]
    sheet.reload()
    assert seeds(sheet) == [7, 1]
    sheet.get_by_role("button", name="Show all").click()
    expect(sheet.locator(".card")).to_have_count(9)
    sheet.get_by_role("combobox", name="Flag", exact=True).select_option("size")
    expect(sheet.locator(".card")).to_have_count(1)
    assert seeds(sheet) == [4]


def test_pictures_stand_side_by_side_below_their_prompt(sheet: Page) -> None:
    sheet.get_by_role("combobox", name="Side by side", exact=True).select_option("by style")
    sheet.wait_for_selector("table")
    assert sheet.locator("thead th").all_text_contents() == ["photo", "drawing"]
    assert sheet.locator("tbody th").all_text_contents() == list(PROMPTS)
    assert sheet.locator("tbody").first.locator("td").nth(0).locator(".card").count() == 2


def test_a_picture_is_looked_at_by_keys_alone(sheet: Page) -> None:
    sheet.keyboard.press("/")
    sheet.keyboard.type("owl")
    expect(sheet.locator(".card")).to_have_count(3)
    sheet.locator(".look").first.focus()
    sheet.keyboard.press("ArrowRight")
    sheet.keyboard.press("Enter")
    assert sheet.locator("#text").inner_text() == "An owl </script><b>"
    assert sheet.locator("#place").inner_text() == "2 of 3"
    expect(sheet.locator("#large")).to_have_attribute("src", "pictures/0000/0005-row-5.png")
    sheet.keyboard.press("ArrowRight")
    sheet.keyboard.press("ArrowRight")
    assert sheet.locator("#place").inner_text() == "3 of 3"
    sheet.keyboard.press("Escape")
    assert not sheet.locator("#look").is_visible()


@pytest.mark.parametrize("width", [1180, 390])
def test_nobody_is_left_out_and_nothing_is_cut_off(sheet: Page, width: int) -> None:
    sheet.set_viewport_size({"width": width, "height": 800})
    for beside in ("no", "by style"):
        sheet.get_by_role("combobox", name="Side by side", exact=True).select_option(beside)
        expect(sheet.locator("table")).to_have_count(int(beside != "no"))
        found = Axe().run(sheet)
        assert found.violations_count == 0, found.generate_report()
        assert sheet.evaluate("document.documentElement.scrollWidth <= innerWidth")
    sheet.locator(".look").first.click()
    found = Axe().run(sheet)
    assert found.violations_count == 0, found.generate_report()
