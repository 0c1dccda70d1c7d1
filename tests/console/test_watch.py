"""`fluxbatch watch` and `status` tell where money leads, and what there is to tell."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from batches.policy import Budget, Policy, Unsure
from batches.store.ledger import Ledger, feeding, notices
from batches.store.ledger.notices import Event, Notice
from batches.store.ledger.records import Reported
from batches.store.ledger.states import State
from console.actions.onlooking import Onlooker
from console.cli.main import app
from tests.batches.store.ledger.world import CREDIT, World

if TYPE_CHECKING:
    from collections.abc import Iterator

COST = Reported(micro_credits=2 * CREDIT)
TOML = '[[budgets]]\nname = "studio-day"\nper = "day"\ncredits = 500\n'


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The ledger of the folder in which the command runs."""
    monkeypatch.chdir(tmp_path)
    for name in ("FLUXBATCH_HOME", "FLUXBATCH_LEDGER_URL", "FLUXBATCH_ACCOUNT", "FLUXBATCH_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    Path("fluxbatch.toml").write_text(TOML)
    with Ledger(f"sqlite:///{Path('.fluxbatch/ledger.db').absolute()}") as ledger:
        yield World(ledger, now=time.time())


def make(world: World, count: int) -> None:
    for job_id in world.call(count):
        world.finish(world.carry(world.claim(job_id), State.FETCHING), COST)


def tell(world: World, batch_id: str) -> None:
    notice = Notice(
        key="k", event=Event.PAUSE, batch_id=batch_id, text="it was paused", figures={}, at=world.now
    )  # fmt: skip
    world.do(notices.tell, notice, due_at=None)


def done(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What the command says on stdout."""
    app(words, standalone_mode=False)
    return capsys.readouterr().out


def test_status_tells_where_it_leads_and_what_is_new(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    batch_id = world.submit(4, policy=Policy(budget=Budget(micro_credits=99 * CREDIT), unsure=Unsure()))
    make(world, 1)
    [job_id] = world.call(1)
    world.begin(world.claim(job_id))
    tell(world, batch_id)
    said = done(["status"], capsys)
    assert f"{batch_id}: 3 credits reserved, 8 credits (8 to 11) at the end, 2 an image" in said
    assert "The budget studio-day: 2 credits of 500 credits a day spent, 3 credits reserved" in said
    assert "it was paused" in said


def test_status_tells_machines_the_same(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    batch_id = world.submit(4)
    make(world, 1)
    tell(world, batch_id)
    found = json.loads(done(["status", batch_id, "--json"], capsys))
    assert found["projected"]["likely"] == {"credits": 8, "usd": 0.08}
    assert found["projected"]["high"] == {"credits": 11, "usd": 0.11}
    assert found["budgets"] == [
        {
            "budget": "studio-day",
            "per": "day",
            "cap": {"credits": 500, "usd": 5},
            "spent": {"credits": 2, "usd": 0.02},
            "reserved": {"credits": 0, "usd": 0},
            "at_risk": {"credits": 0, "usd": 0},
        }
    ]
    assert [(one["event"], one["text"]) for one in found["notices"]] == [("pause", "it was paused")]
    make(world, 3)
    world.do(feeding.close_ended_batches, world.now)
    assert json.loads(done(["status", batch_id, "--json"], capsys))["projected"] is None


def test_watching_ends_with_the_batch_and_its_code(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    batch_id = world.submit(2)
    monkeypatch.setattr(Onlooker, "wait", lambda _: make(world, 2))  # a worker elsewhere, between two looks
    assert app(["watch", "hello"], standalone_mode=False) == 0
    said = capsys.readouterr()
    assert said.out == f"{batch_id} is finished: 2 done.\n"
    assert "0 credits spent ($0.00), 6 credits at the end" in said.err


def test_without_a_name_all_that_are_not_finished_are_followed_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    over = world.submit(1, name="over")
    make(world, 1)
    world.do(feeding.close_ended_batches, world.now)
    first = world.submit(1, name="first")
    world.now += 1
    second = world.submit(1, name="second")
    monkeypatch.setattr(Onlooker, "wait", lambda _: make(world, 2))  # a worker elsewhere, between two looks
    assert app(["watch", "--json"], standalone_mode=False) == 0
    said = capsys.readouterr()
    assert [one["batch"] for one in json.loads(said.out)] == [first, second]
    assert over not in said.err
    for batch_id in (first, second):
        assert f"{batch_id}: 1 done, 2 credits spent" in said.err


def test_where_all_are_finished_there_is_nothing_to_watch(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert world.hire
    assert app(["watch"], standalone_mode=False) == 0
    assert "All batches are finished" in capsys.readouterr().err
