"""Two thousand worlds, each with its own weather, and every law holds in each of them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.simulated_world.__main__ import told

SEEDS = 2000


@pytest.mark.timeout(400)
def test_every_law_holds_in_every_world() -> None:
    command = [sys.executable, "-m", "tests.simulated_world", "--seeds", str(SEEDS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # our own program
    assert done.returncode == 0, (
        f"{done.stdout[-5000:]}{done.stderr[-5000:]}\n`./run simulate-world --seed N` tells one"
    )


def test_the_number_of_a_world_tells_its_story_again() -> None:
    """But for the random letters at the end of a batch's id."""

    def plainly(story: str) -> list[str]:
        return [line.partition("batch-")[0] for line in story.splitlines()]

    story = told(7)
    assert story.endswith("every law holds")
    assert plainly(story) == plainly(told(7))
