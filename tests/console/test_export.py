"""`fluxbatch export`, for people and for programs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from batches.errors import FluxbatchError
from batches.exports import KINDS
from batches.exports.columns import OF_JOBS, columns_of
from batches.exports.formats.arrow import FILE_NAME
from batches.store.ledger import Ledger, pictures
from console.cli.export import _bytes
from console.cli.main import app
from console.cli.verbs import load
from console.exit_codes import ExitCode, exit_code_for
from tests.batches.exports.gallery import Gallery
from tests.batches.store.ledger.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typer.testing import Result

ROOT = Path(__file__).parents[2]


@pytest.fixture
def gallery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gallery]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FLUXBATCH_HOME", str(tmp_path))
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
        yield Gallery(World(ledger), tmp_path)


def says(*words: str) -> Result:
    return CliRunner().invoke(app, ["export", *words], catch_exceptions=False, standalone_mode=False)


def refuses(*words: str) -> FluxbatchError:
    with pytest.raises(FluxbatchError) as refused:
        says("fox", *words, "--to", "dataset")
    assert exit_code_for(refused.value) == ExitCode.BAD_INPUT
    return refused.value


def test_it_says_what_was_written(gallery: Gallery) -> None:
    gallery.make(4, prompts=["A fox", "An owl", "A whale"])
    done = says("fox", "--format", "imagefolder", "--to", "dataset", "--split", "train=0.5,test=0.5")
    assert done.exit_code == 0
    assert done.stdout.startswith("dataset: 4 pictures, 1 MB.\nSplits: ")
    again = says("fox", "--format", "imagefolder", "--to", "dataset", "--split", "train=0.5,test=0.5")
    assert "was finished before" in again.stderr


def test_it_says_what_is_left_out_and_where_a_sheet_is_opened(gallery: Gallery) -> None:
    gallery.make(3)
    done = says("fox", "--format", "sheet", "--to", "sheets/fox/", "--unique")
    assert "2 left out, because they look like an earlier one." in done.stderr
    assert "Open sheets/fox/index.html in a browser." in done.stderr


def test_json_has_counts_bytes_files_and_seconds(gallery: Gallery) -> None:
    batch = gallery.make(2)
    told = json.loads(says(batch, "--format", "webdataset", "--to", "dataset", "--json").stdout)
    assert (told["to"], told["new"], told["finished"], told["items"], told["skipped"]) == ("dataset", True, True, 2, 0)
    assert told["shards"][0]["key"] == "train/00000.tar"
    assert told["bytes"] == told["shards"][0]["bytes"]
    assert set(told["files"]) == {"README.md", "croissant.json", "index.json"}
    assert told["seconds"] >= 0


def test_what_is_left_out_shows_in_the_exit_code(gallery: Gallery) -> None:
    batch = gallery.make(2)
    gallery.source.delete(f"{batch}/0001.png")
    done = says("fox", "--format", "csv", "--to", "table")
    assert done.exit_code == 0
    with pytest.raises(FluxbatchError) as lost:
        says("fox", "--format", "imagefolder", "--to", "dataset")
    assert exit_code_for(lost.value) == ExitCode.FINISHED_WITH_GAPS
    done = says("fox", "--format", "imagefolder", "--to", "dataset", "--skip-missing")
    assert ExitCode.FINISHED_WITH_GAPS in {done.return_value, done.exit_code}
    assert "1 left out" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--format", "imagefoldr"], 'did you mean "imagefolder"?'),
        (["--format", "csv", "--copy"], "--copy means nothing for --format csv"),
        (["--format", "imagefolder", "--shard-size", "2GB"], "--shard-size means nothing for --format imagefolder"),
        (["--format", "imagefolder", "--state", "failed"], "--state failed has no pictures"),
        (["--format", "sheet", "--by", "model"], "--by means nothing for --format sheet"),
        (["--format", "csv", "--flag", "size", "--no-flagged"], "--flag and --no-flagged leave nothing together"),
        (["--format", "csv", "--label", "style"], "--label cannot be 'style'"),
        (["--format", "csv", "--split-by", "promt"], 'did you mean "prompt"?'),
        (["--format", "csv", "--split-by", "label:"], "--split-by knows no 'label:'"),
        (["--format", "webdataset", "--shard-size", "big"], "--shard-size cannot be 'big'"),
        (["--format", "csv", "--label", "stile=photo"], 'did you mean "style=photo"?'),
    ],
)
def test_a_mistake_is_named_with_its_cure(gallery: Gallery, words: list[str], said: str) -> None:
    gallery.make(1)
    error = refuses(*words)
    assert said in error.message
    assert error.cure


def test_a_place_that_is_none_is_named_by_its_option(gallery: Gallery) -> None:
    gallery.make(1)
    with pytest.raises(FluxbatchError, match="--to"):
        says("fox", "--format", "csv", "--to", "ftp://host/dataset")


@pytest.mark.parametrize(
    ("said", "count"), [("500", 500), ("500k", 500_000), ("1.5GB", None), ("2GB", 2 * 10**9), ("64 MB", 64 * 10**6)]
)
def test_a_size_is_said_as_disks_are_sold(said: str, count: int | None) -> None:
    if count is None:
        with pytest.raises(FluxbatchError, match="--shard-size"):
            _bytes(said)
    else:
        assert _bytes(said) == count


@pytest.mark.parametrize(("name", "count"), [("make-a-dataset", 11), ("look-at-the-pictures", 5)])
def test_every_command_of_the_how_tos_works(gallery: Gallery, name: str, count: int) -> None:
    labels = [{"style": "photo"}, {"style": "drawing"}]
    autumn = gallery.make(8, name="autumn", labels=labels, prompts=["A fox", "An owl", "A whale", "A hare"])
    gallery.world.do(pictures.flag, autumn, "size", [2])
    gallery.make(2, name="winter", labels=labels)
    page = (ROOT / f"docs/how-to/{name}.md").read_text()
    commands = re.findall(r"^fluxbatch export (.*)$", page, re.MULTILINE)
    assert len(commands) == count
    for command in commands:
        assert says(*command.split()).exit_code == 0, command


def test_the_reference_has_every_format_option_and_column_and_no_other() -> None:
    page = (ROOT / "docs/reference/exports.md").read_text()

    def first_cells(title: str) -> set[str]:
        lines = page.partition(f"| {title} |")[2].partition("\n\n")[0].splitlines()[2:]
        return {word for line in lines for word in re.findall(r"`([^`]+)`", line.split("|")[1])}

    parameters = load("export").params
    options = {word for one in parameters for word in (*one.opts, *one.secondary_opts) if word.startswith("--")}
    assert first_cells("`--format`") == set(KINDS)
    assert first_cells("option") == options - {"--format", "--to", "--images", "--help"}
    assert first_cells("column") == {column.name for column in (FILE_NAME, *columns_of(["KEY"]), *OF_JOBS)}
