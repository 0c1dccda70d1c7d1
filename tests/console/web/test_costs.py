"""The costs page: the words of `fluxbatch report`, its figures, files and charts, and budgets."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from batches.policy import Budget, Policy
from batches.store.ledger.records import Reported
from batches.store.ledger.states import State
from tests.batches.store.ledger.world import CREDIT

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.batches.store.ledger.world import World


def make(world: World, count: int) -> None:
    for job_id in world.call(count):
        world.finish(world.carry(world.claim(job_id), State.FETCHING), Reported(micro_credits=3 * CREDIT))


def test_nothing_is_said_to_be_nothing(client: TestClient) -> None:
    said = client.get("/costs").text
    assert "Nothing was asked for in this time" in said
    assert "fluxbatch.toml names none" in said
    assert "There is nothing to draw" in client.get("/costs/charts").text


def test_the_report_is_told_by_what_was_asked(client: TestClient, world: World) -> None:
    world.submit(3)
    make(world, 2)
    said = client.get("/costs?since=&by=model&then=label:series").text
    assert "<td>flux-dev</td><td>animals</td>" in said
    assert "<b>6</b> <span>$0.06</span>" in said
    assert "<option selected>label:series</option>" in said
    assert "Nothing was asked for" in client.get("/costs?since=2020-01-01&until=2020-01-02").text


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("since=soon", "--since &#39;soon&#39; is no time. Write a date"),
        ("zone=Europe/Berln", "did you mean"),
        ("by=modle", "did you mean"),
    ],
)
def test_words_that_mean_nothing_are_told_beside_the_form(client: TestClient, query: str, told: str) -> None:
    said = client.get(f"/costs?{query}")
    assert said.status_code == 200
    assert told in said.text


def test_the_report_can_be_kept(client: TestClient, world: World) -> None:
    world.submit(2)
    make(world, 2)
    assert client.get("/costs/report.csv?since=").text.splitlines()[1].startswith("flux-dev,2,2,2,")
    assert client.get("/costs/report.md?since=").text.startswith("| model | jobs |")
    assert client.get("/costs/report.json?since=").json()["totals"]["credits"] == 6
    assert pq.read_table(BytesIO(client.get("/costs/report.parquet?since=").content)).num_rows == 1
    assert client.get("/costs/report.exe").status_code == 404


def test_charts_follow_the_page_from_light_to_dark(client: TestClient, world: World) -> None:
    world.submit(2)
    make(world, 2)
    said = client.get("/costs/charts?since=").text
    assert "Cost by model" in said
    assert "var(--accent)" in said
    assert "style=" not in said  # which the page's policy forbids


def test_budgets_are_told_as_they_burn_down(client: TestClient, world: World) -> None:
    Path("fluxbatch.toml").write_text(
        '[[budgets]]\nname = "cats"\nper = "day"\ncredits = 60\nlabel = {series = "cats"}\n'
    )
    batch_id = world.submit(3, policy=Policy(budget=Budget(micro_credits=12 * CREDIT)))
    make(world, 2)
    said = client.get("/costs").text
    assert f'<a href="/batches/{batch_id}">hello</a>' in said
    assert "<b>6</b> of 12 credits" in said
    assert "6.00 credits spent of 12.00." in said  # the chart, for those who do not see it
