"""Written, submitted, made and looked at in a real Chromium; and what it cost."""

from __future__ import annotations

import re
import signal
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from batches.policy import Budget, Policy
from batches.store.images import open_store
from batches.store.ledger.records import Reported
from batches.store.ledger.states import State
from console.web.thumbnails import Thumbnails
from tests.batches.store.ledger.world import CREDIT
from tests.console.web.conftest import served
from tests.console.web.test_gallery import bytes_of
from tests.end_to_end.people import Person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from batches.store.images.memory import MemoryStore
    from console.web.site import Site
    from tests.batches.store.ledger.world import World

MANIFEST = """\
version: 1
name: pasted
model: flux-2-klein-4b
params: {width: 512, height: 512}
prompts:
  - from: animals.csv
"""


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Person]:
    """Somebody who starts a worker in the folder of the page."""
    somebody = Person(tmp_path)
    yield somebody
    somebody.leaves()
    assert somebody.left_behind() == []


def test_from_a_pasted_manifest_to_its_pictures(browser: Browser, site: Site, person: Person) -> None:
    """On the simulator: nothing is paid, and all of it is real but BFL."""
    images = open_store("./images")
    with served(replace(site, images=images, thumbnails=Thumbnails(images, site.settings.home))) as url:
        page = browser.new_page(base_url=url)
        page.set_default_timeout(15_000)
        page.goto("/")
        page.get_by_role("link", name="New batch").click()
        page.get_by_label("Manifest", exact=True).fill(MANIFEST.replace("model:", "modle:"))
        expect(page.get_by_role("status", name="").filter(has_text="to mend")).to_be_visible()
        expect(page.get_by_text('Did you mean "model"?')).to_be_visible()
        page.get_by_role("button", name="Line 3, column 1").click()
        expect(page.get_by_label("Manifest", exact=True)).to_be_focused()
        page.get_by_label("Manifest", exact=True).fill(MANIFEST)
        page.get_by_label("Add files").set_input_files(
            {"name": "animals.csv", "mimeType": "text/csv", "buffer": b"prompt\nA fox\nAn owl\nA whale\n"}
        )
        expect(page.get_by_text(re.compile(r"3\s+images for"))).to_be_visible()
        page.get_by_label("Try it on the simulator").check()
        page.get_by_role("button", name="Submit …").click()
        expect(page.get_by_role("dialog")).to_contain_text("The simulator makes it, and nobody pays.")
        page.get_by_role("button", name="Submit it").click()
        page.wait_for_url(re.compile(r"/batches/pasted-"))
        page.get_by_role("link", name="Gallery").click()
        expect(page.get_by_text("No picture has come yet")).to_be_visible()
        worker = person.start("worker", "--simulate")
        for prompt in ("A fox", "An owl", "A whale"):
            expect(page.get_by_role("img", name=prompt)).to_be_visible(timeout=30_000)
        worker.send_signal(signal.SIGTERM)
        worker.communicate()
        page.get_by_role("img", name="An owl").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("heading", name="Job 2")).to_be_visible()
        page.keyboard.press("ArrowRight")
        expect(dialog.get_by_role("heading", name="Job 3")).to_be_visible()
        dialog.get_by_role("link", name="Compare").click()
        page.wait_for_url(re.compile(r"/jobs/3/compare"))
        page.keyboard.press("ArrowLeft")
        page.wait_for_url(re.compile(r"/jobs/2/compare"))
        page.get_by_role("link", name="Job 2", exact=True).click()
        page.get_by_text("As a manifest").click()
        page.get_by_role("link", name="Change it and submit it anew").click()
        expect(page.get_by_label("Manifest", exact=True)).to_have_value(re.compile("name: pasted-2"))
        page.close()


def make(world: World, images: MemoryStore, count: int) -> None:
    for job_id in world.call(count):
        job = world.carry(world.claim(job_id), State.FETCHING)
        world.finish(job, Reported(micro_credits=3 * CREDIT))
        images.put(f"k/{job.output_name}", bytes_of("PNG", 64, 48))


def test_the_costs_follow_what_is_spent(page: Page, world: World, images: MemoryStore) -> None:
    world.submit(9, policy=Policy(budget=Budget(micro_credits=30 * CREDIT)))
    make(world, images, 2)
    page.goto("/costs?since=")
    expect(page.get_by_role("cell", name="flux-dev")).to_be_visible()
    expect(page.get_by_text("6 of 30 credits")).to_be_visible()
    expect(page.get_by_role("img", name="Cost by model")).to_be_visible(timeout=30_000)
    make(world, images, 3)
    expect(page.get_by_text("15 of 30 credits")).to_be_visible(timeout=30_000)  # it is read as seldom as it is slow
    page.get_by_label("and each").select_option("label:series")
    expect(page.get_by_role("cell", name="animals")).to_be_visible()
    with page.expect_download() as kept:
        page.get_by_role("link", name="CSV").click()
    assert kept.value.path().read_text().splitlines()[1].startswith("flux-dev,animals,")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_these_pages_can_be_used_by_all(page: Page, world: World, images: MemoryStore, scheme: str) -> None:
    """No serious finding of axe, and nothing wider than the window of a phone."""
    batch_id = world.submit(4, policy=Policy(budget=Budget(micro_credits=30 * CREDIT)))
    make(world, images, 3)
    at = f"/batches/{batch_id}"
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    for path, seen in {
        "/new": "What it comes to",
        "/costs?since=&then=label:series": "Numbers",
        f"{at}/gallery": "A fox",
        f"{at}/jobs/2/compare": "Job 2",
    }.items():
        page.goto(path)
        expect(page.get_by_text(seen).first).to_be_visible()
        if path == "/new":
            page.get_by_label("Manifest", exact=True).fill("version: 1\nnmae: x\n")
            expect(page.get_by_text("to mend")).to_be_visible()
        for width in (1180, 375):
            page.set_viewport_size({"width": width, "height": 900})
            found = Axe().run(page).response["violations"]
            assert [
                (one["id"], [node["html"] for node in one["nodes"]])
                for one in found
                if one["impact"] in {"serious", "critical"}
            ] == [], f"{path} at {width}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} at {width}"
