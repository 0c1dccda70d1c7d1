"""What the pages say, of ledgers in every state."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from batches.policy import Budget, Canary, Policy
from batches.store.ledger import stops
from batches.store.ledger.records import Reported, Stop
from batches.store.ledger.states import State
from console.web.app import make_app
from tests.batches.store.ledger.world import CREDIT, image_of
from workers.broker import connect
from workers.embedded import embedded_broker
from workers.settings import Settings
from workers.slots import RedisSlots

if TYPE_CHECKING:
    from batches.store.images.memory import MemoryStore
    from console.web.site import Site
    from tests.batches.store.ledger.world import World

COST = Reported(micro_credits=2 * CREDIT)


def make(world: World, count: int) -> None:
    for job_id in world.call(count):
        world.finish(world.carry(world.claim(job_id), State.FETCHING), COST)


def test_an_empty_ledger_says_how_to_begin(client: TestClient) -> None:
    said = client.get("/").text
    assert "Nothing is going on" in said
    assert "fluxbatch run MANIFEST" in said


def test_the_overview_tells_of_batches_workers_and_money(client: TestClient, world: World) -> None:
    batch_id = world.submit(4)
    make(world, 1)
    said = client.get("/").text
    assert f'<a href="/batches/{batch_id}">hello</a>' in said
    assert "<b>1</b> of 4" in said
    assert "hello: 1 of 4 done" in said  # for those who hear the bar
    assert "<b>2</b> credits" in said
    assert said.count('running">at work') == 2


def test_the_overview_tells_what_counts_against_wide_budgets(client: TestClient, world: World) -> None:
    Path("fluxbatch.toml").write_text('[[budgets]]\nname = "studio-day"\nper = "day"\ncredits = 500\n')
    world.submit(1)
    make(world, 1)
    said = client.get("/").text
    assert "studio-day" in said
    assert "<b>2</b> of 500 credits a day" in said


def test_the_overview_says_what_has_to_be_mended(client: TestClient, world: World) -> None:
    world.submit(2)
    stop = Stop(
        account="main", reason="no credits", message="402", since=world.now, until=world.now + 60, rest=60
    )  # fmt: skip
    world.do(stops.stop, stop)
    assert "The account main rests since" in client.get("/").text


def test_the_overview_tells_how_slots_are_used_and_why_they_were_cut(client: TestClient, world: World) -> None:
    world.submit(1, accounts=("default",))
    with embedded_broker(Path(".fluxbatch")) as url, connect(url) as redis:
        slots = RedisSlots(redis)
        slots.restore("default:standard", 24, ["job-1", "job-2"], 0)
        slots.refused("default:standard", 0, "429: Too many active tasks", 30)
        said = client.get("/").text
    assert "<b>2</b> of 18, cut from 24" in said
    assert "429: Too many active tasks" in said
    assert "standard: 2 of 18 slots used" in said


def test_a_broker_that_is_away_is_told_and_the_rest_is_shown(site: Site, world: World) -> None:
    world.submit(1, accounts=("default",))
    away = replace(site, settings=Settings(broker_url="redis://127.0.0.1:1"))
    said = TestClient(make_app(away), base_url="http://127.0.0.1:8600").get("/").text
    assert "The broker redis://127.0.0.1:1 cannot be reached" in said
    assert "hello" in said


def test_without_workers_nothing_goes_on_and_the_page_says_so(client: TestClient, world: World) -> None:
    world.submit(2)
    world.do(lambda tx: tx.exec_driver_sql("UPDATE workers SET left_at = heartbeat_at"))
    assert "No worker is at work, so nothing goes on" in client.get("/").text


def test_batches_at_rest_come_a_page_at_a_time(client: TestClient, world: World) -> None:
    for number in range(21):
        world.submit(1, name=f"night-{number}")
        world.now += 1
    world.do(lambda tx: tx.exec_driver_sql("UPDATE batches SET ended_at = created_at"))
    first, second = client.get("/").text, client.get("/?page=2").text
    assert ("night-20-" in first, "night-0-" in first) == (True, False)
    assert ("night-20-" in second, "night-0-" in second) == (False, True)
    assert 'href="/?page=2"' in first


def test_a_batch_tells_where_it_is_and_why_pictures_are_missing(client: TestClient, world: World) -> None:
    batch_id = world.submit(4, policy=Policy(budget=Budget(micro_credits=99 * CREDIT)))
    make(world, 1)
    [job_id] = world.call(1)
    world.end(world.carry(world.claim(job_id), State.RENDERING), State.FAILED)
    said = client.get(f"/batches/{batch_id}").text
    assert "<b>1</b> done" in said
    assert "a reason" in said
    assert "99 credits, hard" in said
    assert 'aria-label="1 images;' in said
    assert "Retry …" in said


def test_a_canary_waits_for_approval(client: TestClient, world: World) -> None:
    batch_id = world.submit(4, policy=Policy(canary=Canary(first=1)))
    world.do(lambda tx: tx.exec_driver_sql("UPDATE batches SET paused = 'canary', paused_message = 'look at it'"))
    said = client.get(f"/batches/{batch_id}").text
    assert "Approve the canary" in said
    assert "look at it" in said


@pytest.mark.parametrize("path", ["/batches/none-such", "/batches/none-such/jobs/1", "/nothing-here"])
def test_what_is_not_there_is_said_to_people_and_to_programs(client: TestClient, path: str) -> None:
    page, program = client.get(path), client.get(path, headers={"Accept": "application/json"})
    assert (page.status_code, program.status_code) == (404, 404)
    assert "There is no" in page.text
    assert "There is no" in program.json()["error"]["message"]


@pytest.mark.parametrize("path", ["/batches/..%2f..%2fetc", "/batches/%00", "/batches/x/jobs/0", "/batches/x/jobs/a"])
def test_an_address_that_is_none_is_refused(client: TestClient, path: str) -> None:
    assert client.get(path).status_code in {404, 422}


def test_jobs_are_found_by_state_model_label_and_words(client: TestClient, world: World) -> None:
    batch_id = world.submit(60)
    make(world, 2)

    def found(query: str) -> int:
        return client.get(f"/batches/{batch_id}/jobs{query}").text.count('<tr data-key="')

    assert found("") == 50
    assert found("?after=50") == 10
    assert found("?state=done") == 2
    assert found("?state=failed") == 0
    assert found("?model=flux-dev&state=done") == 2
    assert found("?model=other") == 0
    assert found("?label=series%3Danimals&after=55") == 5
    assert found("?label=series%3Dplants") == 0
    assert found("?label=animal&after=55") == 5
    assert found("?text=ROW-7") == 1
    assert found("?text=100%25") == 0
    assert found("?state=nonsense") == 0


def test_a_job_tells_every_line_of_money(client: TestClient, world: World) -> None:
    batch_id = world.submit(1)
    make(world, 1)
    said = client.get(f"/batches/{batch_id}/jobs/1").text
    assert "A fox" in said
    assert [what in said for what in ("intent written", "reserved", "accepted by BFL", "settled")] == [True] * 4
    assert "ticket-1" in said
    assert "2 credits" in said
    assert "name: hello-1" in said  # as a manifest


def test_whatever_a_prompt_says_is_text(client: TestClient, world: World) -> None:
    batch_id = world.submit(1)
    params = """{"prompt": "<script>alert(1)</script> \\" onload=x"}"""
    world.do(lambda tx: tx.exec_driver_sql("UPDATE jobs SET params = ?, reason = '<img src=x>'", (params,)))
    for path in ("jobs", "jobs/1"):
        said = client.get(f"/batches/{batch_id}/{path}").text
        assert "&lt;script&gt;alert(1)" in said
        assert "<script>alert" not in said
        assert "<img src=x>" not in said


def test_a_picture_comes_by_its_job_and_is_kept_by_its_digest(
    client: TestClient, world: World, images: MemoryStore
) -> None:
    batch_id = world.submit(2)
    [first, _] = world.call(2)
    job = world.carry(world.claim(first), State.FETCHING)
    images.put(image_of(job).key, b"a picture")
    world.finish(job, COST)
    at = f"/batches/{batch_id}/jobs/1/image"
    answer = client.get(at)
    assert (answer.content, answer.headers["content-type"]) == (b"a picture", "image/png")
    assert client.get(at, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    assert client.get(f"/batches/{batch_id}/jobs/2/image").status_code == 404
    images.delete(image_of(job).key)
    assert client.get(at).status_code == 404


def test_downloads_are_saved_and_never_shown(client: TestClient, world: World) -> None:
    batch_id = world.submit(2)
    make(world, 2)
    for name, begins in (
        ("report.csv", "model,"),
        ("report.json", "{"),
        ("jobs.csv", "job,"),
        ("manifest.yaml", "name: hello"),
        ("report.html", "<!doctype"),
    ):
        answer = client.get(f"/batches/{batch_id}/{name}")
        assert answer.text.startswith(begins), name
        assert answer.headers["content-disposition"] == f'attachment; filename="{batch_id}-{name}"'


def test_pages_are_light(client: TestClient, world: World) -> None:
    """Beside pictures, all that is loaded with a page is well below 300 kB."""
    batch_id = world.submit(60)
    make(world, 3)
    static = sum(
        len(client.get(f"/static/{name}").content)
        for name in ("page.css", "page.js", "live.js", "acts.js", "theme.js", "icons.svg", "icon.svg")
    )
    for path in ("/", f"/batches/{batch_id}", f"/batches/{batch_id}/jobs", f"/batches/{batch_id}/jobs/1"):
        assert static + len(client.get(path).content) < 150_000, path


def test_the_digest_of_a_page_is_the_same_while_nothing_happens(client: TestClient, world: World) -> None:
    """So that open pages are told nothing."""
    batch_id = world.submit(3)
    once, again = (hashlib.sha256(client.get(f"/batches/{batch_id}/jobs").content).digest() for _ in range(2))
    assert once == again
