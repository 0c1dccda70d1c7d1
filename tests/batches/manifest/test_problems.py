"""How what is wrong is told: the first of each kind with its place, and the number of the rest."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import pytest

from batches.manifest import ManifestError, Place, Problem, Problems

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from batches.manifest import Row


def at(line: int, message: str = "wrong", hint: str = "") -> Problem:
    return Problem(Place("m.yaml", line, 1), message, hint)


def error_of(*problems: Problem) -> ManifestError:
    gathered = Problems()
    gathered.add_all(problems)
    with pytest.raises(ManifestError) as caught:
        gathered.refuse()
    return caught.value


def test_of_alike_problems_the_first_three_are_told_and_the_rest_counted() -> None:
    assert str(error_of(*map(at, range(1, 1001)))).splitlines() == [
        "m.yaml:1:1: wrong",
        "m.yaml:2:1: wrong",
        "m.yaml:3:1: wrong",
        "… and 997 more like it",
    ]


def test_kinds_are_counted_apart_and_told_in_the_order_of_the_file() -> None:
    mixed = [problem for line in range(1, 6) for problem in (at(line, "wide"), at(line, "tall", "cut it"))]
    assert str(error_of(*mixed)).splitlines() == [
        "m.yaml:1:1: tall; cut it",
        "m.yaml:1:1: wide",
        "m.yaml:2:1: tall; cut it",
        "m.yaml:2:1: wide",
        "m.yaml:3:1: tall; cut it",
        "… and 2 more like it",
        "m.yaml:3:1: wide",
        "… and 2 more like it",
    ]


def test_fifty_problems_are_told_and_those_of_other_kinds_counted() -> None:
    error = error_of(*(at(line, f"{line} is wrong") for line in range(1, 1056)))
    lines = str(error).splitlines()
    assert (len(error.problems), error.more, len(lines)) == (50, 1005, 51)
    assert (lines[49], lines[50]) == ("m.yaml:50:1: 50 is wrong", "… and 1,005 more")


def test_a_kind_that_is_told_goes_on_being_counted_when_there_is_no_room_left() -> None:
    error = error_of(*(at(line, f"{line} is wrong") for line in range(1, 51)), at(60, "50 is wrong"), at(61, "new"))
    assert (error.problems[-1].alike, error.more) == (1, 1)


def test_what_is_wrong_in_one_place_is_one_problem_however_many_rows_meet_it() -> None:
    """A million rows of one entry all meet what its `params` say."""
    places = [1, 2, 3, 4, 5]
    error = error_of(*(at(place) for place in places for _ in range(1000)), *(at(1) for _ in range(1000)))
    assert [problem.alike for problem in error.problems] == [0, 0, 2]


def test_an_error_that_is_taken_over_loses_no_count() -> None:
    first = error_of(*map(at, range(1, 11)), *(at(line, f"{line}") for line in range(1, 61)))
    gathered = Problems()
    gathered.take(first)
    with pytest.raises(ManifestError) as caught:
        gathered.refuse()
    assert str(caught.value) == str(first)
    assert sum(1 + problem.alike for problem in first.problems) + first.more == 70


def test_any_number_of_different_problems_takes_no_memory() -> None:
    tracemalloc.start()
    gathered = Problems()
    gathered.add_all(at(line, f"the cell {line} is wrong") for line in range(100_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(gathered) == 100_000
    assert peak < 200_000  # bytes


def test_a_misspelt_column_is_told_in_four_lines(tmp_path: Path, rows: Callable[[str], list[Row]]) -> None:
    (tmp_path / "animals.csv").write_text("subjct\n" + 1000 * "fox\n")
    with pytest.raises(ManifestError) as caught:
        rows("version: 1\nname: a\nprompts: {from: animals.csv, prompt: 'A {subject}'}\n")
    told = 'there is no variable {subject} here; did you mean "subjct"?'
    assert str(caught.value).splitlines() == [
        *(f"animals.csv:{line}:1: {told}" for line in (2, 3, 4)),
        "… and 997 more like it",
    ]
