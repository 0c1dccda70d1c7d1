"""`rebuild`, `verify`, `prune` and flags, as a person meets them: what is said, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer

from batches.errors import SettingError
from batches.store.images import FolderStore, sidecar_of
from console.cli.main import app
from tests.batches.store.shelf import DATA, facts, key

if TYPE_CHECKING:
    from collections.abc import Callable

Said = tuple[int, list[str], list[str]]
TOLD = (facts(1, flags=("one-colour", "size")), facts(2, dhash=-1, flags=("size",)), facts(3, dhash=2))


@pytest.fixture
def images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderStore:
    """Three pictures in the folder in which the command runs."""
    monkeypatch.chdir(tmp_path)
    for name in ("FLUXBATCH_HOME", "FLUXBATCH_LEDGER_URL", "FLUXBATCH_IMAGES_URL", "FLUXBATCH_ACCOUNT"):
        monkeypatch.delenv(name, raising=False)
    store = FolderStore("images")
    for one in TOLD:
        store.put(key(one), DATA)
        store.put(sidecar_of(key(one)), one.as_bytes())
    return store


@pytest.fixture
def say(images: FolderStore, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:  # noqa: ARG001  # they lie there
    """Runs a command: exit code, lines for machines, lines for people."""

    def said(*words: str) -> Said:
        try:
            code = app(words, standalone_mode=False) or 0
        except typer.Exit as done:
            code = done.exit_code
        told = capsys.readouterr()
        return code, told.out.splitlines(), told.err.splitlines()

    return said


def test_a_rebuilt_ledger_is_told_and_the_same_again_changes_nothing(say: Callable[..., Said]) -> None:
    assert say("rebuild", "--from", "images") == (
        0,
        ["fox-1: 3 pictures", "3 in all, for 0.000021 credits ($0.00000021)."],
        [],
    )
    assert say("rebuild", "--from", "images") == (
        0, [], ["The ledger has these already, and they are left alone: fox-1."],
    )  # fmt: skip


def test_what_does_not_fit_is_named_and_the_place_of_the_pictures_too(
    say: Callable[..., Said], images: FolderStore
) -> None:
    images.delete(key(TOLD[1]))
    Path("images").rename("elsewhere")
    code, _, err = say("rebuild", "--from", "elsewhere")
    assert code == 3
    assert err == [
        "fox-1/2.png: its picture is missing",
        "Set FLUXBATCH_IMAGES_URL=elsewhere, so that the pictures are found there.",
    ]


def test_a_place_with_nothing_in_it_is_a_mistake(say: Callable[..., Said]) -> None:
    with pytest.raises(SettingError, match=r"There is nothing in .*nowhere"):
        say("rebuild", "--from", "nowhere")


def test_flags_are_counted_by_status_and_listed_by_jobs(say: Callable[..., Said]) -> None:
    say("rebuild", "--from", "images")
    assert say("status")[1][-1] == "fox-1: 2 pictures flagged: 2 size, 1 one colour"
    assert json.loads("\n".join(say("status", "fox", "--json")[1]))["flagged"] == {"size": 2, "one-colour": 1}
    listed = json.loads("\n".join(say("jobs", "fox", "--flag", "one-colour", "--json")[1]))
    assert [(job["job"], job["flags"]) for job in listed] == [(1, ["one-colour", "size"])]


def test_verify_names_what_is_missing_and_says_what_looks_alike(say: Callable[..., Said], images: FolderStore) -> None:
    say("rebuild", "--from", "images")
    alike = "1 looks like an earlier one: `fluxbatch jobs fox-1 --flag similar` lists them."
    assert say("verify", "fox", "fox-1") == (0, ["fox-1: 3 pictures, all as they were stored"], [alike])
    images.delete(key(TOLD[0]))
    code, out, err = say("verify", "fox", "--similar", "0")
    assert (code, out, err) == (3, ["fox-1: 3 pictures, 1 not as they were stored"], ["fox-1/1.png: it is missing"])


def test_prune_says_first_what_it_would_delete_and_the_bill_stays(
    say: Callable[..., Said], images: FolderStore
) -> None:
    say("rebuild", "--from", "images")
    first = say("prune", "fox", "--flag", "one-colour")
    assert first == (
        0, ["fox-1: 1 picture, 1 MB would be deleted"], ["Nothing is deleted yet: add --yes for that."],
    )  # fmt: skip
    assert say("prune", "fox", "--flag", "one-colour", "--yes") == (0, ["fox-1: 1 picture, 1 MB deleted"], [])
    assert [one.key for one in images.listing() if one.key.endswith("png")] == ["fox-1/2.png", "fox-1/3.png"]
    assert say("verify", "fox")[0] == 0
    jobs = json.loads("\n".join(say("jobs", "fox", "--json")[1]))
    assert [(job["pruned"], job["image"] is None, job["credits"]) for job in jobs] == [
        (True, True, 0.000007), (False, False, 0.000007), (False, False, 0.000007),
    ]  # fmt: skip
    assert say("prune", "--older-than", "3650d", "--pictures") == (0, [], ["There is no such picture."])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "Nothing says what to delete."),
        (("--pictures",), "--pictures alone would delete every picture there is."),
        (("fox", "--pictures", "--flag", "size"), "--pictures means all of them, and --flag some."),
        (("hare", "--pictures"), "There is no batch 'hare'."),
        (("fox", "--pictures", "--older-than", "soon"), "--older-than 'soon' is no time."),
    ],
)
def test_prune_deletes_nothing_that_was_not_clearly_meant(
    words: tuple[str, ...], told: str, say: Callable[..., Said], images: FolderStore
) -> None:
    say("rebuild", "--from", "images")
    with pytest.raises(SettingError) as caught:
        say("prune", *words, "--yes")
    assert caught.value.message == told
    assert len(list(images.listing())) == 6
