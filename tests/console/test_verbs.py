"""What every verb has in common: help with examples, errors as JSON, quiet, and completion."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import typer
from typer._click.exceptions import NoSuchOption, UsageError

from batches.errors import SettingError
from batches.manifest import read_manifest
from batches.store.ledger import Ledger, LedgerError
from console.cli import failing, output
from console.cli.main import app
from console.cli.names import batch_names
from console.cli.verbs import VERBS, load, read_verb
from tests.batches.store.ledger.world import World

if TYPE_CHECKING:
    from pathlib import Path

READS_ITS_OPTIONS_ITSELF = "simulate"
SAYS_NOTHING_TO_MACHINES = {"worker", "serve", "simulate", "completion"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Somebody's folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("FLUXBATCH_HOME", "FLUXBATCH_LEDGER_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_examples_of_itself_with_options_that_it_has(verb: str) -> None:
    examples = [
        shlex.split(example.removeprefix('eval "$(').removesuffix(')"')) for example in read_verb(verb).examples
    ]
    assert examples
    options = {option for one in load(verb).params for option in one.opts}
    for words in examples:
        [place] = [number for number, word in enumerate(words) if word == "fluxbatch"]
        assert words[place + 1] == verb
        used = {word for word in words if word.startswith("--")}
        assert used <= options or verb == READS_ITS_OPTIONS_ITSELF


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in SAYS_NOTHING_TO_MACHINES])
def test_every_verb_that_answers_something_takes_json(verb: str) -> None:
    assert "--json" in {option for one in load(verb).params for option in one.opts}


def test_help_has_every_example_in_a_line_to_be_copied(capsys: pytest.CaptureFixture[str]) -> None:
    app(["limits", "--help"], standalone_mode=False)
    said = capsys.readouterr().out
    for example in read_verb("limits").examples:
        assert example in [line.strip() for line in said.splitlines()]


ERRORS = {
    "an error with its cure": (SettingError("it is wrong.", cure="Mend it."), ("it is wrong.", "Mend it.", 2)),
    "what cannot be reached": (LedgerError("it is away."), ("it is away.", "", 6)),
    "a bad option": (NoSuchOption("--jsn"), ("No such option: --jsn", "", 2)),
    "a bad command": (UsageError("there is none"), ("there is none", "", 2)),
    "nobody agreed": (typer.Abort("Nothing is ordered."), ("Nothing is ordered.", "", 130)),
    "an interrupt": (typer.Abort(), (failing.INTERRUPTED, "", 130)),
}


@pytest.mark.parametrize(("error", "told"), ERRORS.values(), ids=ERRORS)
def test_an_error_is_the_one_document_where_json_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: SettingError | UsageError | typer.Abort,
    told: tuple[str, str, int],
) -> None:
    message, cure, code = told
    monkeypatch.setattr(sys, "argv", ["fluxbatch", "status", "--json"])
    assert failing.tell(error) == code
    assert json.loads(capsys.readouterr().out) == {"error": {"message": message, "cure": cure, "code": code}}
    monkeypatch.setattr(sys, "argv", ["fluxbatch", "status"])
    assert failing.tell(error) == code
    assert capsys.readouterr().out == ""


def test_the_problems_of_a_manifest_have_their_places(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["fluxbatch", "plan", "bad.yaml", "--json"])
    file = folder / "bad.yaml"
    file.write_text("version: 1\nname: good\nmodle: flux-dev\nprompts: [a fox]\n")
    with pytest.raises(failing.ManifestError) as error:
        read_manifest(file)
    failing.tell(error.value)
    [problem] = json.loads(capsys.readouterr().out)["error"]["problems"]
    assert (problem["file"], problem["line"], problem["column"]) == (str(file), 3, 1)
    assert problem["cure"] == 'did you mean "model"?'


def test_a_mistake_of_ours_is_told_too_and_its_trace_is_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["fluxbatch", "status", "--json"])
    assert failing.tell_mistake(ZeroDivisionError("by nought")) == 1
    told = json.loads(capsys.readouterr().out)["error"]
    assert told["code"] == 1
    assert "by nought" in told["message"]
    assert "by nought" in (folder / ".fluxbatch" / "crash.log").read_text()


@pytest.mark.usefixtures("folder")
def test_quiet_leaves_results_and_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output.err, "quiet", False)
    with output.err.capture() as beside:
        app(["status"], standalone_mode=False)
    assert "There are no batches yet" in beside.get()
    with output.err.capture() as beside, output.errors.capture() as errors:
        app(["--quiet", "status"], standalone_mode=False)
        output.complain(SettingError("it is wrong."))
    assert beside.get() == ""
    assert errors.get() == "Error: it is wrong.\n"


def test_quiet_and_verbose_are_two_wishes() -> None:
    with pytest.raises(UsageError, match="leave one out"):
        app(["--quiet", "--verbose", "status"], standalone_mode=False)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_a_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    app(["completion", shell], standalone_mode=False)
    assert f"_FLUXBATCH_COMPLETE=complete_{shell}" in capsys.readouterr().out


def test_a_shell_completes_verbs_and_batches(folder: Path) -> None:
    with Ledger(f"sqlite:///{folder / '.fluxbatch' / 'ledger.db'}") as ledger:
        batch_id = World(ledger).submit(name="hello")
    assert completed(folder, "fluxbatch pa") == ["pause"]
    assert completed(folder, "fluxbatch pause h") == ["hello", batch_id]


@pytest.mark.usefixtures("folder")
def test_where_there_is_no_ledger_none_is_made_for_a_shell(folder: Path) -> None:
    assert batch_names("") == []
    assert list(folder.iterdir()) == []


def completed(folder: Path, line: str) -> list[str]:
    """What bash offers for the last word of this line."""
    words = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split()) - 1), "_FLUXBATCH_COMPLETE": "complete_bash"}
    return subprocess.run(
        [sys.executable, "-m", "console"], cwd=folder, env={**os.environ, **words},
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
