"""A plan holds no jobs: it reads its sources again when they are asked for."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import pytest

from batches.manifest import ManifestError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from batches.planning import Plan

    Planner = Callable[[str], Plan]

TEXT = "model: flux-dev\nprompts: {from: p.txt}"


def test_jobs_can_be_asked_for_again(plan: Planner, tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text("a\nb\na\n")
    made = plan(TEXT)
    assert [job.prompt for job in made.jobs()] == [job.prompt for job in made.jobs()] == ["a", "b", "a"]


@pytest.mark.parametrize("later", ["a\nc\n", "a\nb\nc\n", "a\n", "a\nb \n", ""], ids=repr)
def test_a_source_that_changed_since_it_was_planned_is_named(later: str, plan: Planner, tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text("a\nb\n")
    made = plan(TEXT)
    (tmp_path / "p.txt").write_text(later)
    with pytest.raises(ManifestError) as caught:
        list(made.jobs())
    assert [(str(one.place), one.message) for one in caught.value.problems] == [
        ("p.txt", "this file changed while it was being planned and submitted")
    ]


def test_a_source_that_is_gone_is_named(plan: Planner, tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text("a\nb\n")
    made = plan(TEXT)
    (tmp_path / "p.txt").unlink()
    with pytest.raises(ManifestError, match=r"cannot read p\.txt: there is no such file"):
        list(made.jobs())


def test_a_row_more_takes_no_more_than_its_digest(plan: Planner, tmp_path: Path) -> None:
    """In bytes: 48 for the digest, and 16 to 160 for its place in a set that has just grown."""

    def peak(rows: int) -> int:
        (tmp_path / "p.txt").write_text("".join(f"A fox, number {number} of many\n" for number in range(rows)))
        tracemalloc.start()
        assert plan(TEXT).unique == rows
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(20_000) - peak(1_000) < 19_000 * 250
