"""What Prometheus reads is what the ledger and the broker say, spelt as the official parsers take it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_plain

from batches.store.ledger import balances, paces, presence, stops
from batches.store.ledger.balances import Reading
from batches.store.ledger.paces import Lessons
from batches.store.ledger.quarters import QUARTER_SECONDS
from batches.store.ledger.records import Reported, Stop
from batches.store.ledger.states import State
from console.web.metrics.sums import Sums
from tests.batches.store.ledger.world import CREDIT
from workers.slots import RedisSlots, lane_name

if TYPE_CHECKING:
    from redis import Redis
    from starlette.testclient import TestClient

    from tests.batches.store.ledger.world import World

DOCS = Path(__file__).parents[3] / "docs"
DASHBOARD = DOCS / "grafana/fluxbatch.json"
PAGE = DOCS / "how-to/monitor-it.md"
OPENMETRICS = {"Accept": "application/openmetrics-text; version=1.0.0"}
HOUR = 4 * QUARTER_SECONDS
OF_JOBS = {"account": "main", "lane": "standard", "model": "flux-dev"}


def values(client: TestClient) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample of a scrape."""
    families = read_plain(client.get("/metrics").text)
    return {(one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples}


def value(client: TestClient, name: str, **labels: str) -> float | None:
    """One of them."""
    return values(client).get((f"fluxbatch_{name}", frozenset(labels.items())))


def one_of_each(world: World) -> None:
    """A batch with a finished job, one at BFL, one in doubt and one that waits."""
    world.submit(4)
    done, rendering, unsure = world.call(3)
    world.finish(world.carry(world.claim(done), State.FETCHING), Reported(micro_credits=int(2.5 * CREDIT)))
    world.carry(world.claim(rendering), State.RENDERING)
    world.doubt(world.carry(world.claim(unsure), State.SUBMITTING))


def test_jobs_pictures_and_money_are_those_of_the_ledger(client: TestClient, world: World) -> None:
    one_of_each(world)
    told = values(client)

    def of(name: str, **labels: str) -> float | None:
        return told.get((f"fluxbatch_{name}", frozenset(labels.items())))

    states = {state: of("jobs", **OF_JOBS, state=state) for state in ("queued", "rendering", "unsure", "done")}
    assert states == dict.fromkeys(("queued", "rendering", "unsure", "done"), 1)
    assert of("images_total", **OF_JOBS) == 1
    assert of("output_megapixels_total", **OF_JOBS) == 0.5  # 1,000 x 500 pixels
    assert of("credits_settled", **OF_JOBS) == 2.5
    assert of("attempts_total", **OF_JOBS, outcome="done") == 1
    assert of("credits_reserved", account="main") == 3
    assert of("credits_at_risk", account="main") == 3
    assert of("batches", state="running") == 1


def test_sums_of_quarters_that_are_over_are_read_once_a_quarter(world: World) -> None:
    """What a worker whose clock is an hour behind writes is told late, and nothing is told twice."""
    sums, now = Sums(), world.now
    world.submit(3)

    def images(at: float) -> int:
        return sum(one.amounts.images for one in world.ask(sums.read, at))

    def one_more(at: float) -> None:
        world.now = at
        world.finish(world.carry(world.claim(*world.call(1)), State.FETCHING))

    one_more(now)
    assert images(now) == 1
    one_more(now + HOUR)
    assert images(now + HOUR) == 2
    one_more(now)
    assert images(now + HOUR) == 2
    assert images(now + HOUR + QUARTER_SECONDS) == 3


def test_workers_are_counted_wherever_they_are(client: TestClient, world: World) -> None:
    world.do(presence.arrive, "eve", host="far away", pid=7, now=world.now - 60)
    assert (value(client, "workers", state="alive"), value(client, "workers", state="silent")) == (2, 1)


def test_what_rests_and_what_accounts_have_is_told(client: TestClient, world: World) -> None:
    world.do(balances.keep, Reading(account="main", asked_at=9.0, at=10.0, micro_credits=700 * CREDIT))
    stop = Stop(account="main", lane="", reason="no credits", message="402", since=1.0, until=2.0, rest=1.0)
    world.do(stops.stop, stop)
    assert value(client, "credits_balance", account="main") == 700
    assert value(client, "credits_balance_timestamp_seconds", account="main") == 10
    assert value(client, "stopped", account="main", lane="", reason="no credits") == 1


def test_the_oldest_job_that_is_due_tells_how_long_jobs_wait(client: TestClient, world: World) -> None:
    assert value(client, "oldest_due_timestamp_seconds", lane="standard") is None
    begun = world.now
    world.submit(2)
    world.now += 100
    world.submit(2, name="later")
    assert value(client, "oldest_due_timestamp_seconds", lane="standard") == pytest.approx(begun, abs=0.01)


def test_the_pace_of_a_model_is_told_by_its_quantiles(client: TestClient, world: World) -> None:
    world.do(paces.teach, "main", {"flux-dev": Lessons(took=[4.0] * 9 + [20.0])})
    middle, nearly_all = (
        value(client, "pace_seconds", account="main", model="flux-dev", quantile=part) for part in ("0.5", "0.99")
    )
    assert middle == pytest.approx(4.0, rel=0.2)
    assert nearly_all == pytest.approx(20.0, rel=0.2)


def test_lanes_are_told_as_the_broker_has_them(
    client: TestClient, redis: Redis, broker_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    slots = RedisSlots(redis)
    lane = lane_name("default", "standard")
    slots.restore(lane, 24, ["a job"], 0)
    slots.refused(lane, 0, "too many", 0)
    redis.rpush("fluxbatch:fluxbatch.default", "ding", "dong")
    its = {"account": "default", "lane": "standard"}
    monkeypatch.setattr(client.app.state.site.settings, "broker_url", broker_url)
    told = {name: value(client, f"lane_{name}", **its) for name in ("slots_used", "slots_ceiling", "cuts_total")}
    assert told == {"slots_used": 1, "slots_ceiling": 24, "cuts_total": 1}
    assert value(client, "lane_slots_limit", **its) < 24
    assert value(client, "doorbells", account="default") == 2
    assert value(client, "broker_up") == 1


def test_without_a_broker_the_rest_is_told(client: TestClient, world: World) -> None:
    world.submit(2)
    assert value(client, "broker_up") == 0
    assert value(client, "jobs", **OF_JOBS, state="queued") == 2


def test_the_parser_of_openmetrics_takes_it_too(client: TestClient, world: World) -> None:
    one_of_each(world)
    answer = client.get("/metrics", headers=OPENMETRICS)
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert {family.name for family in read_openmetrics(answer.text)} >= {"fluxbatch_jobs", "fluxbatch_images"}


def test_no_series_is_told_for_each_batch_or_job(client: TestClient, world: World) -> None:
    """A thousand batches must not become thousands of series."""
    one_of_each(world)
    before = len(values(client))
    for number in range(5):
        world.submit(3, name=f"more-{number}")
    assert len(values(client)) == before


def names(client: TestClient) -> set[str]:
    """What there is to ask for, whether it has values or not."""
    families = read_plain(client.get("/metrics").text)
    return {f"{one.name}_total" if one.type == "counter" else one.name for one in families}


def test_the_dashboard_asks_for_nothing_that_is_not_told(client: TestClient) -> None:
    asked = set(re.findall(r"fluxbatch_\w+", json.dumps(json.loads(DASHBOARD.read_text())["panels"])))
    assert asked
    assert asked <= names(client)


def test_the_page_on_metrics_has_every_one_and_no_other(client: TestClient) -> None:
    page = PAGE.read_text()
    table = "\n".join(line for line in page.splitlines() if line.startswith("| `fluxbatch_"))
    assert set(re.findall(r"fluxbatch_\w+", table)) == names(client)
    assert set(re.findall(r"fluxbatch_\w+", page)) == names(client)
