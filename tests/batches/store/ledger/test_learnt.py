"""Finished jobs teach the next plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batches.planning import Charged, Experience
from batches.store.ledger import Ledger, LedgerError, is_there, learnt
from batches.store.ledger.records import Reported
from batches.store.ledger.states import State

if TYPE_CHECKING:
    from pathlib import Path

    from tests.batches.store.ledger.world import World

CREDIT = 1_000_000


def make(world: World, *, seconds: float, credit: int | None = 3, **batch: object) -> None:
    """One job from its ticket to its picture."""
    job = world.at(State.RENDERING, **batch)
    world.now += seconds
    fetching = world.fetch(job)
    assert fetching is not None
    assert world.finish(fetching, Reported(micro_credits=None if credit is None else credit * CREDIT))


def test_a_ledger_without_finished_jobs_has_learnt_nothing(world: World) -> None:
    world.at(State.RENDERING)
    assert world.ask(learnt.experience, ("main",)) == Experience()


def test_medians_of_time_and_cost_and_means_of_size_are_learnt_by_model(world: World) -> None:
    for number, (seconds, credit) in enumerate([(2, 3), (4, 5), (60, 4)]):
        make(world, seconds=seconds, credit=credit, name=f"b{number}")
    make(world, seconds=9, credit=None, model="flux-2-pro", name="other")
    found = world.ask(learnt.experience, ("main",)).models
    assert (found["flux-dev"].jobs, found["flux-dev"].seconds) == (3, 4)
    assert found["flux-dev"].charged == Charged(low=3 * CREDIT, likely=4 * CREDIT, high=5 * CREDIT)
    assert found["flux-dev"].bytes_per_pixel == {"png": 9 / 500_000}
    assert (found["flux-2-pro"].seconds, found["flux-2-pro"].charged) == (9, None)


def test_another_account_is_another_experience(world: World) -> None:
    """Or the simulator's haste would be taken for BFL's."""
    make(world, seconds=2)
    assert world.ask(learnt.experience, ("simulator",)) == Experience()


def test_only_the_latest_jobs_count(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learnt, "LATEST_PER_MODEL", 2)
    for number, seconds in enumerate([50, 2, 4]):
        make(world, seconds=seconds, name=f"b{number}")
    assert world.ask(learnt.experience, ("main",)).models["flux-dev"].seconds == 3


def test_a_model_not_used_for_long_is_forgotten(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learnt, "LATEST", 1)
    make(world, seconds=2, model="flux-2-pro", name="old")
    make(world, seconds=2, name="new")
    assert world.ask(learnt.experience, ("main",)).models.keys() == {"flux-dev"}


def test_looking_for_a_ledger_makes_none(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'home' / 'ledger.db'}"
    assert not is_there(url)
    assert list(tmp_path.iterdir()) == []
    Ledger(url).close()
    assert is_there(url)


def test_a_ledger_in_memory_is_never_there_already() -> None:
    assert not is_there("sqlite:///:memory:")


def test_a_server_that_does_not_answer_is_a_ledger_error() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(LedgerError):
        is_there("postgresql+psycopg://nobody@127.0.0.1:1/none")
