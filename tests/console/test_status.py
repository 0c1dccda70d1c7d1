"""`fluxbatch status` says in one line each what rests and what is in danger."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from batches.store.ledger import Ledger, presence, stops
from batches.store.ledger.records import Stop
from console.cli.main import app
from tests.batches.store.ledger.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

NOON = time.mktime((2026, 11, 20, 12, 0, 0, 0, 0, -1))
STOP = Stop(
    account="main", reason="no credits", message="402: buy some", since=NOON, until=NOON + 300, rest=300
)  # fmt: skip
LANE = Stop(
    account="main", lane="video", reason="API in trouble", message="timed out",
    since=NOON, until=NOON + 30, rest=30,
)  # fmt: skip


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The ledger of the folder in which the command runs."""
    monkeypatch.chdir(tmp_path)
    for name in ("FLUXBATCH_HOME", "FLUXBATCH_LEDGER_URL", "FLUXBATCH_ACCOUNT"):
        monkeypatch.delenv(name, raising=False)
    with Ledger(f"sqlite:///{Path('.fluxbatch/ledger.db').absolute()}") as ledger:
        yield World(ledger)


def status(capsys: pytest.CaptureFixture[str]) -> list[str]:
    app(["status"], standalone_mode=False)
    return capsys.readouterr().err.splitlines()


def test_what_rests_is_said_in_one_line(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.submit()
    for stop in (STOP, LANE):
        world.do(stops.stop, stop)
    assert status(capsys) == [
        "The account main rests since 12:00:00 (no credits: 402: buy some); one job tries again at 12:05:00.",
        (
            "The video lane of the account main rests since 12:00:00 (API in trouble: timed out); "
            "one job tries again at 12:00:30."
        ),
    ]


def test_results_whose_links_die_soon_are_said(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.submit()
    assert status(capsys) == []
    world.do(presence.beat, "ann", time.time(), at_risk=3)
    assert status(capsys) == ["3 results are ready and not fetched yet, and their links die within two minutes."]
