"""The panel tells what a person wants to see, in any window."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from batches.policy import Budget, Policy, Unsure
from batches.store.images import FolderStore
from batches.store.ledger import Ledger, standing, steering, stops
from batches.store.ledger.records import Reported, Stop
from batches.store.ledger.states import State
from console.actions.lanes import Lane
from console.actions.onlooking import Onlooker, Scene
from console.cli.panel import panel
from console.cli.rate import LEAST_SECONDS, MOST_SECONDS, Rate
from tests.batches.store.ledger.world import CREDIT, World
from workers.settings import Settings
from workers.slots import Cut, LaneView

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COST = Reported(micro_credits=2 * CREDIT)
CAPPED = Policy(budget=Budget(micro_credits=10 * CREDIT), unsure=Unsure())


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
        yield World(ledger, now=time.time())


def scene_of(world: World, folder: Path) -> Scene:
    """All batches, as somebody sees them who looks on; no broker is there."""
    batches = world.ask(standing.list_batches)
    with Onlooker(world.ledger, batches, Settings(home=folder)) as onlooker:
        return onlooker.look()


def drawn(scene: Scene, folder: Path, *, width: int = 80, height: int = 30, links: bool = False) -> str:
    """The panel, as text."""
    written = io.StringIO()
    console = Console(file=written, width=width, force_terminal=links, color_system="truecolor" if links else None)
    rates = {look.standing.batch.id: 96.0 for look in scene.looks}
    console.print(panel(scene, rates, FolderStore(folder), since=0, height=height))
    return written.getvalue()


def test_it_tells_how_a_batch_stands_and_where_that_leads(world: World, tmp_path: Path) -> None:
    batch_id = world.submit(10, policy=CAPPED)
    made, moderated, lost, *_ = [world.claim(job_id) for job_id in world.call()]
    world.finish(world.carry(made, State.FETCHING), COST)
    world.end(world.carry(moderated, State.RENDERING), State.MODERATED)
    world.begin(lost)
    world.now += 1
    said = drawn(scene_of(world, tmp_path), tmp_path)
    lines = [line.rstrip() for line in said.splitlines()]
    assert lines[0] == batch_id
    assert lines[1].endswith(" 2 of 10, 20%")
    assert "1 moderated" in lines[2]
    assert "96 images a minute" in lines[3]
    assert "2 credits spent ($0.02), 3 credits reserved" in lines[4]
    assert "at the end, budget 10 credits" in lines[5]
    assert "lately   1 moderated: a reason" in lines
    assert "pictures 0001.png" in lines


def test_it_tells_what_keeps_a_batch_from_going_on(world: World, tmp_path: Path) -> None:
    batch_id = world.submit(2)
    world.do(steering.pause, batch_id, "a person has paused it.", world.now)
    stop = Stop(account="main", reason="no credits", message="402.", since=world.now, until=world.now + 60, rest=60)
    world.do(stops.stop, stop)
    said = drawn(scene_of(world, tmp_path), tmp_path)
    assert "  paused, person: a person has paused it." in said
    assert "  the account main rests, no credits: 402." in said


def test_a_picture_is_a_link_to_its_file(world: World, tmp_path: Path) -> None:
    world.submit(1)
    [job_id] = world.call()
    world.finish(world.carry(world.claim(job_id), State.FETCHING), COST)
    said = drawn(scene_of(world, tmp_path), tmp_path, links=True)
    assert "\x1b]8;id=" in said
    assert f";{(tmp_path / 'k' / '0001.png').as_uri()}\x1b\\" in said


def test_slots_are_told_with_what_has_cut_them(tmp_path: Path) -> None:
    cut = Cut(at=time.time() - 40, before=24, why="too many")
    lanes = [
        Lane("main", "standard", LaneView(ceiling=24, limit=12, used=11, rests_seconds=0, cuts=1, cut=cut)),
        Lane("main", "video", LaneView(ceiling=5, limit=5, used=5, rests_seconds=0, cuts=1, cut=cut)),
    ]
    lines = [line.rstrip() for line in drawn(Scene([], lanes, []), tmp_path).splitlines()]
    assert lines == ["slots    standard 11 of 12, cut from 24, 40 s ago: too many", "         video 5 of 5"]


@pytest.mark.parametrize("width", [120, 80, 60, 40])
def test_no_line_is_wider_than_the_window(world: World, tmp_path: Path, width: int) -> None:
    world.submit(1234, name="a-batch-with-a-very-long-name-that-goes-on", policy=CAPPED)
    said = drawn(scene_of(world, tmp_path), tmp_path, width=width)
    assert max(map(len, said.splitlines())) <= width
    assert "0 of 1,234, 0%" in said


def test_a_low_window_shows_the_first_batches_and_how_many_more_there_are(world: World, tmp_path: Path) -> None:
    for number in range(9):
        world.submit(1, name=f"night-{number}")
    lines = drawn(scene_of(world, tmp_path), tmp_path, height=24).splitlines()
    assert len(lines) <= 24
    assert sum(line.startswith("night-") for line in lines) == 2
    assert lines[-1] == "… and 7 more"


def test_a_rate_is_of_the_last_minutes_and_not_told_from_a_short_look() -> None:
    rate = Rate()
    assert rate.see(100, 0.0) is None
    assert rate.see(110, LEAST_SECONDS - 1) is None
    assert rate.see(120, 10.0) == 120  # 20 in 10 s
    assert (
        rate.see(120, MOST_SECONDS + 4.0) == 60 * 10 / MOST_SECONDS
    )  # what was seen at 4 s counts still, and not at 0 s
