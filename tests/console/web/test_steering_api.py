"""The verbs as JSON: they do what the command line does, and say what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batches.policy import Budget, Policy
from batches.store.ledger import limits, pausing
from batches.store.ledger.records import Reported
from batches.store.ledger.states import State
from tests.batches.store.ledger.world import CREDIT

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.batches.store.ledger.world import World


def fail(world: World) -> None:
    [job_id] = world.call(1)
    world.end(world.carry(world.claim(job_id), State.RENDERING), State.FAILED)


def test_pause_resume_and_cancel(client: TestClient, world: World) -> None:
    at = f"/api/v1/batches/{world.submit(3)}"
    said = [client.post(f"{at}/{verb}").json() for verb in ("pause", "resume", "resume", "cancel", "pause")]
    assert [(one["message"], one["state"], one["jobs"]) for one in said] == [
        ("hello is paused.", "paused", 0),
        ("hello goes on.", "running", 0),
        ("hello is not paused.", "running", 0),
        ("3 jobs are cancelled.", "done", 3),
        ("hello is over: nothing to pause.", "done", 0),
    ]


def test_trying_again_says_first_what_it_costs(client: TestClient, world: World) -> None:
    at = f"/api/v1/batches/{world.submit(3)}/retry"
    fail(world)
    fail(world)
    bill = client.get(f"{at}?only=failed").json()
    assert bill == {
        "message": "2 jobs are tried again, for about 6 credits ($0.06).",
        "jobs": 2,
        "credits": 6.0,
        "unknown_prices": 0,
    }
    assert client.get(f"{at}?numbers=2").json()["jobs"] == 1
    assert client.get(f"{at}?only=moderated").json()["message"] == "There is no such job to try again."
    assert client.post(at, json={"numbers": [1]}).json()["message"] == "1 job is tried again."
    assert client.post(at, json={"only": ["a reason"]}).json()["jobs"] == 1
    assert client.post(at, json={"only": ["faild"]}).json()["message"].startswith("There is no such job")


def test_a_batch_that_rests_for_its_budget_goes_on_when_it_is_raised(client: TestClient, world: World) -> None:
    batch_id = world.submit(3, policy=Policy(budget=Budget(micro_credits=4 * CREDIT)))
    first, second = world.call(2)
    world.finish(world.carry(world.claim(first), State.FETCHING), Reported(micro_credits=3 * CREDIT))
    world.claim(second)
    world.do(pausing.pause, batch_id, "budget", "no room", now=world.now, needs=3 * CREDIT)
    at = f"/api/v1/batches/{batch_id}"
    assert client.post(f"{at}/resume").status_code == 409
    said = client.post(f"{at}/budget", json={"credits": "10"}).json()
    assert said == {"message": "hello may cost 10 credits from now on and goes on.", "state": "running", "jobs": 0}
    assert world.standing(batch_id).batch.policy.budget == Budget(micro_credits=10 * CREDIT)


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity", "1e30", "much", None])
def test_a_budget_that_is_none_is_refused(client: TestClient, world: World, amount: str | None) -> None:
    answer = client.post(f"/api/v1/batches/{world.submit()}/budget", json={"credits": amount})
    assert answer.status_code == 422
    assert answer.json()["error"]["message"]


def test_rules_are_changed_one_by_one(client: TestClient, world: World) -> None:
    batch_id = world.submit(1)
    at = f"/api/v1/batches/{batch_id}/rules"
    client.post(at, json={"in_flight": 4, "priority": 5})
    client.post(at, json={"share": 2})
    policy = world.standing(batch_id).batch.policy
    assert (policy.in_flight, policy.priority, policy.share) == (4, 5, 2)
    client.post(at, json={"in_flight": None})
    assert world.standing(batch_id).batch.policy.in_flight is None
    assert client.post(at, json={"share": 0}).json()["error"]["message"].startswith("share=0 cannot be used")


def test_a_lane_has_fewer_slots_and_then_as_many_as_usual(client: TestClient, world: World) -> None:
    lane = {"account": "default", "lane": "standard"}
    assert "at most 3 slots" in client.post("/api/v1/lanes", json={**lane, "ceiling": 3}).json()["message"]
    assert world.ask(limits.ceilings, "default") == {"standard": 3}
    client.post("/api/v1/lanes", json=lane)
    assert world.ask(limits.ceilings, "default") == {}
    assert client.post("/api/v1/lanes", json={**lane, "lane": "standart"}).status_code == 422


def test_the_description_of_the_api_names_every_verb_and_no_page(client: TestClient) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    assert {path.rpartition("/")[2] for path in paths} >= {"pause", "resume", "cancel", "retry", "rules", "budget"}
    assert all(path.startswith("/api/") for path in paths)
