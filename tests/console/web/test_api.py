"""The API tells what the ledger has and does what the command line does, with one shape for all that is wrong."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from batches.store.ledger import balances, standing
from batches.store.ledger.balances import Reading
from batches.store.ledger.records import Reported
from batches.store.ledger.states import State
from tests.batches.store.ledger.world import CREDIT

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.batches.store.ledger.world import World

AT = "/api/v1"
MANIFEST = """\
version: 1
name: foxes
model: flux-2-pro
params: {width: 1024, height: 1024}
prompts:
  - a red fox
  - a grey fox
"""
ROWS = "prompt\na heron\nan owl\na crow\n"
FROM_A_FILE = MANIFEST.partition("prompts:")[0] + "prompts: {from: birds.csv}\n"


def submitted(client: TestClient, manifest: str = MANIFEST, **more: Any) -> Any:
    written = {"manifest": manifest, "most_credits": 100, "simulate": True, **more}
    return client.post(f"{AT}/batches", json=written)


def one_is_done(world: World, **batch: Any) -> str:
    batch_id = world.submit(3, **batch)
    world.finish(world.carry(world.claim(world.call(1)[0]), State.FETCHING), Reported(micro_credits=2_500_000))
    return batch_id


def test_a_manifest_is_planned_and_nothing_is_written(client: TestClient, world: World) -> None:
    bill = client.post(f"{AT}/plan", json={"manifest": MANIFEST, "simulate": True}).json()
    assert (bill["jobs"], bill["cost"]["credits"], bill["batch"]) == (2, 6, None)
    assert bill["models"]["flux-2-pro"]["output_megapixels"] == pytest.approx(2.097152)
    assert bill["submitting"]["new"] == 2
    assert world.ask(standing.list_batches) == []


def test_submitting_again_goes_on_with_the_same_batch(client: TestClient) -> None:
    """An answer may get lost, so whoever asks may ask again."""
    first, second = submitted(client), submitted(client)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["batch"]["batch"] == second.json()["batch"]["batch"]
    assert [one.json()["submitted"]["new"] for one in (first, second)] == [2, 0]


def test_nothing_is_submitted_that_costs_more_than_was_agreed_to(client: TestClient, world: World) -> None:
    answer = submitted(client, most_credits=5.99)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "too_dear")
    assert "6 credits" in answer.json()["error"]["message"]
    assert world.ask(standing.list_batches) == []
    assert submitted(client, most_credits="6").status_code == 201


def test_what_somebody_agrees_to_has_to_be_said(client: TestClient) -> None:
    answer = client.post(f"{AT}/batches", json={"manifest": MANIFEST})
    assert answer.status_code == 422
    assert "most_credits" in answer.json()["error"]["message"]


def test_a_file_is_sent_first_and_then_named(client: TestClient) -> None:
    kept = client.post(f"{AT}/files?name=birds.csv", content=ROWS.encode()).json()
    files = {kept["name"]: kept["sha256"]}
    bill = client.post(f"{AT}/plan", json={"manifest": FROM_A_FILE, "files": files, "simulate": True}).json()
    assert bill["jobs"] == 3
    assert submitted(client, FROM_A_FILE, files=files).json()["batch"]["total"] == 3


@pytest.mark.parametrize("name", ["/etc/passwd", "../../secrets.csv", "birds.csv"])
def test_no_file_of_the_server_is_read(client: TestClient, name: str) -> None:
    manifest = FROM_A_FILE.replace("birds.csv", name)
    answer = client.post(f"{AT}/plan", json={"manifest": manifest, "simulate": True})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "bad_manifest")


def test_every_problem_of_a_manifest_is_told_with_its_line(client: TestClient) -> None:
    wrong = MANIFEST.replace("name: foxes", "name: foxes\nsed: 1").replace("version: 1", "version: 7")
    error = client.post(f"{AT}/plan", json={"manifest": wrong, "simulate": True}).json()["error"]
    assert error["message"].startswith("The first of ")
    [first, *_] = error["problems"]
    assert (first["file"], first["line"], first["column"]) == ("manifest.yaml", 1, 10)
    assert "/" not in first["message"]


def test_batches_come_a_page_at_a_time_the_newest_first(client: TestClient, world: World) -> None:
    made = []
    for number in range(5):
        world.now += number % 2  # some began at the same moment
        made.append(world.submit(name=f"batch-{number}"))
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        page = client.get(f"{AT}/batches?limit=2{f'&after={after}' if after else ''}").json()
        seen += [one["batch"] for one in page["batches"]]
        after = page["next"]
    assert sorted(seen) == sorted(made)
    assert seen[0].startswith("batch-4") or seen[0].startswith("batch-3")
    assert [one["name"] for one in client.get(f"{AT}/batches?name=batch-2").json()["batches"]] == ["batch-2"]


def test_a_batch_is_told_whole(client: TestClient, world: World) -> None:
    told = client.get(f"{AT}/batches/{one_is_done(world)}").json()
    assert (told["state"], told["jobs"]["done"], told["cost"]) == ("running", 1, {"credits": 2.5, "usd": 0.025})
    assert told["projected"]["likely"]["credits"] > 2.5
    assert told["policy"]["attempts"] == 3
    assert told["created_at"].endswith("Z")


def test_jobs_come_a_page_at_a_time(client: TestClient, world: World) -> None:
    at = f"{AT}/batches/{one_is_done(world)}/jobs"
    first = client.get(f"{at}?limit=2").json()
    rest = client.get(f"{at}?limit=2&after={first['next']}").json()
    assert [one["number"] for one in (*first["jobs"], *rest["jobs"])] == [1, 2, 3]
    assert rest["next"] is None
    [done] = client.get(f"{at}?state=done&state=failed").json()["jobs"]
    assert (done["credits"], done["picture"]["sha256"], done["prompt"]) == (2.5, "a" * 64, "A fox")
    assert client.get(f"{at}?label=series=animals&text=FOX&model=flux-dev").json()["next"] is None


def test_a_job_is_told_with_every_line_of_money(client: TestClient, world: World) -> None:
    told = client.get(f"{AT}/batches/{one_is_done(world)}/jobs/1").json()
    [attempt] = told["history"]
    assert [(one["kind"], one["credits"]) for one in attempt["charges"]] == [
        ("reserved", 3),
        ("reported", None),
        ("settled", 2.5),
    ]
    assert (attempt["outcome"], told["credits"], told["params"]["seed"]) == ("done", 2.5, 1)


def test_a_report_comes_in_every_format(client: TestClient, world: World) -> None:
    one_is_done(world)
    asked = f"{AT}/report?by=model,label:series"
    told = client.get(asked).json()
    assert (told["totals"]["credits"], told["lines"][0]["label:series"]) == (2.5, "animals")
    [row] = csv.DictReader(io.StringIO(client.get(f"{asked}&format=csv").text))
    assert (row["model"], row["credits"]) == ("flux-dev", "2.5")
    assert "| flux-dev | animals |" in client.get(f"{asked}&format=markdown").text
    table = pq.read_table(io.BytesIO(client.get(f"{asked}&format=parquet").content))
    assert table["images"].to_pylist() == [1]


def test_balances_are_those_that_were_read(client: TestClient, world: World) -> None:
    assert client.get(f"{AT}/credits").json() == []
    world.do(balances.keep, Reading(account="main", asked_at=9.0, at=10.0, micro_credits=700 * CREDIT))
    [told] = client.get(f"{AT}/credits").json()
    assert (told["account"], told["credits"], told["at"]) == ("main", 700, "1970-01-01T00:00:10Z")


def test_an_account_that_cannot_be_asked_says_why(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BFL_API_KEY", raising=False)
    client.app.state.site.settings.api_key = None
    [told] = client.post(f"{AT}/credits").json()
    assert told["credits"] is None
    assert "BFL_API_KEY" in told["error"]["message"]


def test_lanes_and_models_are_told(client: TestClient) -> None:
    lanes = {one["lane"]: one for one in client.get(f"{AT}/lanes").json()}
    assert (lanes["standard"]["ceiling"], lanes["standard"]["used"]) == (24, None)
    assert any(one["name"] == "flux-2-pro" for one in client.get(f"{AT}/models").json())
    model = client.get(f"{AT}/models/flux-tools/outpainting-v1").json()
    assert model["parameters"]["type"] == "object"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/batches/none", 404, "not_found"),
        ("/batches?after=none", 404, "not_found"),
        ("/batches?limit=0", 422, "invalid"),
        ("/batches?limt=5", 422, "invalid"),
        ("/models/flux-3-prp", 404, "unknown_model"),
        ("/report?by=moodel", 422, "invalid"),
        ("/report?batch=none", 422, "invalid"),
        ("/nothing", 404, "not_found"),
    ],
)
def test_whatever_is_wrong_is_told_in_one_shape(client: TestClient, path: str, status: int, code: str) -> None:
    answer = client.get(f"{AT}{path}")
    assert answer.status_code == status
    error = answer.json()["error"]
    assert error.keys() >= {"message", "cure", "code"}
    assert error["code"] == code
    assert error["message"]
