"""`fluxbatch report`, for people and for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from typer.testing import CliRunner

from batches.errors import SettingError
from batches.store.ledger import Ledger
from batches.store.ledger.records import Reported
from batches.store.ledger.states import State
from console.cli import report_formats
from console.cli.main import app
from tests.batches.store.ledger.world import World, plan_of, plan_with, risking

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from typer.testing import Result

PAID = Reported(micro_credits=4_500_000)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FLUXBATCH_HOME", str(tmp_path))
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
        yield World(ledger)


@pytest.fixture
def two_batches(world: World) -> tuple[str, str]:
    """The older one is done, the newer one waits."""
    older = world.at(State.FETCHING, name="older")
    world.finish(older, PAID)
    world.now += 1
    return older.batch_id, world.submit(2, name="newer")


def says(*words: str) -> Result:
    done = CliRunner().invoke(app, ["report", *words], catch_exceptions=False, standalone_mode=False)
    assert done.exit_code == 0
    return done


def test_without_a_batch_it_is_of_the_newest_and_says_so(two_batches: tuple[str, str]) -> None:
    done = says()
    assert f"The newest batch, {two_batches[1]}" in done.stderr
    assert "0 of 2 images" in done.stdout


def test_all_and_any_time_are_of_every_batch(two_batches: tuple[str, str]) -> None:
    for words in (["--all"], ["--since", "1970-01-01"], list(two_batches)):
        told = json.loads(says(*words, "--by", "batch", "--json").stdout)
        assert [line["batch"] for line in told["lines"]] == list(two_batches)
        assert "state" not in told, "how a batch stands is told where there is one"


def test_of_one_batch_it_has_what_it_always_had_and_more(two_batches: tuple[str, str]) -> None:
    told = json.loads(says(two_batches[0], "--json").stdout)
    assert (told["batch"], told["state"], told["images"]) == (two_batches[0], "done", 1)
    assert told["models"][0]["cost"] == {"credits": 4.5, "usd": 0.045}
    assert (told["by"], told["lines"][0]["credits"]) == (["model"], 4.5)


@pytest.mark.usefixtures("two_batches")
def test_several_lines_have_a_total() -> None:
    assert "total" in says("--all", "--by", "batch").stdout
    assert "total" not in says("--all", "--by", "model").stdout, "one line is its own"


@pytest.mark.usefixtures("two_batches")
def test_a_narrow_window_cuts_no_number_and_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_formats, "out", Console(width=40))
    [line] = [line for line in says("--all", "--by", "day,model").stdout.splitlines() if line.startswith("1970")]
    assert " ".join(line.split()) == "1970-01-01 flux-dev 3 1 0.50 4.5 $0.045 4.50 9.00 9 +50.0 % !"


def test_what_looks_like_markup_is_shown_as_it_is(world: World) -> None:
    [job] = plan_of(1).jobs()
    world.submit_plan(plan_with((job._replace(labels={"series": "[red]foxes[/]"}),)), risking(0))
    assert "[red]foxes[/]" in says("--by", "label:series").stdout


@pytest.mark.usefixtures("two_batches")
@pytest.mark.parametrize(
    ("file", "words", "begins"),
    [
        ("r.csv", [], b"model,jobs,"),
        ("r.md", [], b"| model |"),
        ("r.json", [], b"{"),
        ("r.parquet", [], b"PAR1"),
        ("r.txt", [], b"model"),
        ("r.txt", ["--format", "csv"], b"model,jobs,"),
        ("r.csv", ["--json"], b"{"),
    ],
)
def test_a_file_is_written_as_its_ending_says_or_as_is_asked(
    file: str, words: list[str], begins: bytes, tmp_path: Path
) -> None:
    done = says("--all", "--out", file, *words)
    assert (tmp_path / file).read_bytes().startswith(begins)
    assert (done.stdout, f"Report: {file}" in done.stderr) == ("", True)


@pytest.mark.usefixtures("two_batches")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--format", "parquet"], "nothing for a terminal"),
        (["--out", "no/such/folder.csv"], "cannot be written"),
        (["older", "--all"], "--all stands beside a batch"),
        (["--by", "modle"], 'did you mean "model"?'),
        (["--zone", "Europe/Berln"], 'did you mean "Europe/Berlin"?'),
        (["--since", "yestrday"], "is no time"),
    ],
)
def test_what_cannot_be_told_is_one_error_with_its_cure(words: list[str], said: str) -> None:
    with pytest.raises(SettingError) as refused:
        says(*words)
    assert said in refused.value.message
    assert refused.value.cure


@pytest.mark.usefixtures("world")
def test_without_any_batch_it_says_how_to_make_one() -> None:
    with pytest.raises(SettingError, match="no batches yet"):
        says()
