"""The page as people use it, in a real Chromium: live, steered, by night, on a phone, and by all."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from batches.policy import Budget, Policy
from batches.store.ledger import pausing
from batches.store.ledger.records import Reported
from batches.store.ledger.states import State
from tests.batches.store.ledger.world import CREDIT
from tests.console.web.conftest import NAMES, TOKEN, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from batches.store.images.memory import MemoryStore
    from console.web.site import Site
    from tests.batches.store.ledger.world import World

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

COST = Reported(micro_credits=3 * CREDIT)


def make(world: World, count: int) -> None:
    for job_id in world.call(count):
        world.finish(world.carry(world.claim(job_id), State.FETCHING), COST)


def fail(world: World) -> None:
    [job_id] = world.call(1)
    world.end(world.carry(world.claim(job_id), State.RENDERING), State.FAILED)


def test_a_batch_is_followed_paused_and_resumed(page: Page, world: World) -> None:
    batch_id = world.submit(9)
    page.goto("/")
    expect(page.get_by_text("0 of 9")).to_be_visible()
    make(world, 2)
    expect(page.get_by_text("2 of 9")).to_be_visible()
    page.get_by_role("link", name="hello", exact=True).click()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("hello is paused.", exact=True)).to_be_visible()
    assert world.standing(batch_id).batch.paused == "person"
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    assert world.standing(batch_id).batch.paused is None


def test_a_budget_is_raised(page: Page, world: World) -> None:
    batch_id = world.submit(3, policy=Policy(budget=Budget(micro_credits=4 * CREDIT)))
    make(world, 1)
    world.do(pausing.pause, batch_id, "budget", "no room", now=world.now, needs=3 * CREDIT)
    page.goto(f"/batches/{batch_id}")
    page.get_by_role("button", name="Raise the budget").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Credits").fill("much")
    dialog.get_by_role("button", name="Set the budget").click()
    expect(dialog.get_by_role("alert")).to_contain_text("credits: Input should be a valid decimal")
    dialog.get_by_label("Credits").fill("12")
    dialog.get_by_role("button", name="Set the budget").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("12 credits, hard")).to_be_visible()
    page.get_by_role("button", name="Budget", exact=True).click()
    expect(dialog.get_by_label("Credits")).to_have_value("12")
    assert world.standing(batch_id).batch.paused is None


def test_cancelling_asks_first_and_trying_again_says_what_it_costs(page: Page, world: World) -> None:
    batch_id = world.submit(3)
    fail(world)
    page.goto(f"/batches/{batch_id}")
    page.get_by_role("button", name="Cancel …").click()
    page.get_by_role("button", name="Keep it").click()
    assert world.standing(batch_id).batch.paused is None
    page.get_by_role("button", name="Retry …").click()
    expect(page.get_by_text("1 job is tried again, for about 3 credits ($0.03).")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("button", name="Retry …")).to_be_hidden()
    page.get_by_role("button", name="Cancel …").click()
    page.get_by_role("button", name="Cancel the batch").click()
    expect(page.get_by_text("3 jobs are cancelled.")).to_be_visible()


def test_a_token_opens_the_page_it_was_asked_for(browser: Browser, site: Site, world: World) -> None:
    batch_id = world.submit(2)
    guarded = replace(site, access=replace(site.access, token=TOKEN, names=NAMES))
    with served(guarded) as url:
        page = browser.new_page(base_url=url)
        page.goto(f"/batches/{batch_id}")
        page.get_by_label("Token").fill("a-wrong-one-of-length")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_contain_text("This is not the token.")
        page.get_by_label("Token").fill(TOKEN)
        page.get_by_label("Token").press("Enter")
        expect(page.get_by_role("heading", name="hello")).to_be_visible()
        assert page.context.cookies()[0]["httpOnly"]
        page.close()


def test_a_lost_connection_is_told(browser: Browser, site: Site, world: World) -> None:
    world.submit(2)
    with served(site) as url:
        page = browser.new_page(base_url=url)
        page.goto("/")
        expect(page.get_by_text("0 of 2")).to_be_visible()
    expect(page.get_by_text("The connection is lost")).to_be_visible()
    page.close()


def test_light_and_dark_are_chosen_and_kept(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.goto("/")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Light or dark").click()
    assert page.evaluate(ground) != light
    page.reload()
    assert page.evaluate(ground) != light


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_can_be_used_by_all(page: Page, world: World, images: MemoryStore, scheme: str) -> None:
    """No serious finding of axe, nothing wider than the window of a phone, and all of it by keyboard."""
    batch_id = world.submit(5, policy=Policy(budget=Budget(micro_credits=4 * CREDIT)))
    make(world, 1)
    images.put("k/0001.png", PIXEL)
    fail(world)
    [job_id] = world.call(1)
    world.begin(world.claim(job_id))
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    for path in ("/", f"/batches/{batch_id}", f"/batches/{batch_id}/jobs", f"/batches/{batch_id}/jobs/1"):
        page.goto(path)
        for width in (1180, 375):
            page.set_viewport_size({"width": width, "height": 900})
            found = Axe().run(page).response["violations"]
            assert [
                (one["id"], [node["html"] for node in one["nodes"]])
                for one in found
                if one["impact"] in {"serious", "critical"}
            ] == [], f"{path} at {width}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} at {width}"
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
