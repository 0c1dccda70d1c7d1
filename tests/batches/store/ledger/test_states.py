"""One table of moves, one drawing of it, and what the dispatcher does keeps to both."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from batches.store.ledger import feeding, looks
from batches.store.ledger.states import ENDED, MOVES, RESTING, RESTLESS, State
from tests.batches.store.ledger.world import CREDIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.batches.store.ledger.world import World

PAGE = (Path(__file__).parents[4] / "docs/explanation/states.md").read_text(encoding="utf-8")
ARROWS = re.findall(r"^ +(\S+) --> (\S+)$", PAGE, re.MULTILINE)


def test_the_drawing_shows_the_table_of_moves() -> None:
    drawn = {(before, after) for before, after in ARROWS if "[*]" not in (before, after)}
    assert drawn == {(before, after) for before, onward in MOVES.items() for after in onward}
    assert len(ARROWS) == len(set(ARROWS))


def test_the_drawing_shows_where_a_job_begins_and_where_it_ends() -> None:
    assert {after for before, after in ARROWS if before == "[*]"} == {State.QUEUED}
    assert {before for before, after in ARROWS if after == "[*]"} == ENDED


def test_the_page_explains_every_state_once() -> None:
    explained = re.findall(r"^\| ([a-z]+) \|(?! what)", PAGE, re.MULTILINE)
    assert explained == list(State)


def test_the_page_says_after_how_many_seconds_a_doorbell_is_rung_again() -> None:
    assert f"rung again after {looks.RING_AGAIN_SECONDS} seconds" in PAGE


def test_every_state_can_be_reached_and_left_for_an_end() -> None:
    reached = {State.QUEUED}
    while further := {after for before in reached for after in MOVES[before]} - reached:
        reached |= further
    assert reached == set(State) == set(MOVES)
    leads_to_an_end = set(ENDED)
    while further := {state for state in State if MOVES[state] & leads_to_an_end} - leads_to_an_end:
        leads_to_an_end |= further
    assert leads_to_an_end == set(State)


def test_a_job_rests_or_needs_a_worker() -> None:
    assert set(State) == RESTING | RESTLESS
    assert not RESTING & RESTLESS


@pytest.mark.parametrize(
    ("before", "sweep", "after"),
    [
        (State.CALLED, "silent", State.QUEUED),
        (State.SUBMITTING, "silent", State.UNSURE),
        (State.RENDERING, "silent", State.RENDERING),
        (State.FETCHING, "silent", State.RENDERING),
        (State.UNSURE, "unsure", State.QUEUED),
        (State.QUEUED, "due", State.CALLED),
    ],
)
def test_what_the_dispatcher_does_is_in_the_table(before: State, sweep: str, after: State, world: World) -> None:
    if before is State.QUEUED:
        world.submit()
    elif before is State.UNSURE:
        world.doubt(world.at(State.SUBMITTING, bound=3 * CREDIT))
    else:
        world.at(before)
    sweeps: dict[str, Callable[[], object]] = {
        "silent": lambda: world.silence("ann"),
        "unsure": lambda: world.do(feeding.resubmit_unsure, "main", world.now),
        "due": world.call,
    }
    sweeps[sweep]()
    assert world.job(1).state == after
    assert after in MOVES[before]
