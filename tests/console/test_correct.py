"""`fluxbatch correct` takes the word of an invoice, and says what it did not understand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from batches.errors import SettingError
from batches.store.ledger import Ledger
from batches.store.ledger.records import Reported
from batches.store.ledger.states import State
from console.cli.main import app
from tests.batches.store.ledger.world import CREDIT, UNKNOWN, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BECAUSE = ("--because", "invoice of November")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A batch whose first job cost 3 credits for nothing and then a sum nobody told, and whose second cost 2."""
    monkeypatch.chdir(tmp_path)
    for name in ("FLUXBATCH_HOME", "FLUXBATCH_LEDGER_URL"):
        monkeypatch.delenv(name, raising=False)
    with Ledger(f"sqlite:///{Path('.fluxbatch/ledger.db').absolute()}") as ledger:
        world = World(ledger)
        world.submit(3)
        world.call()
        world.put_back(
            world.carry(world.claim(1), State.RENDERING), counts="failure", cost=Reported(micro_credits=3 * CREDIT)
        )
        world.finish(world.carry(world.take_up(1, "ann"), State.FETCHING), UNKNOWN)
        world.finish(world.carry(world.claim(2), State.FETCHING), Reported(micro_credits=2 * CREDIT))
        yield world


@pytest.fixture
def says(world: World, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:  # noqa: ARG001  # in its folder
    """What `fluxbatch correct …` prints."""

    def command(*words: str) -> str:
        app(["correct", *words, *BECAUSE], standalone_mode=False)
        return capsys.readouterr().out

    return command


def test_one_attempt_is_corrected_and_what_stood_so_is_left(world: World, says: Callable[..., str]) -> None:
    told = says("hello", "2", "--credits", "2.5")
    assert told == "1 attempt corrected: 0.5 credits ($0.005) more in all.\n"
    assert says("hello", "2", "--credits", "2.50") == "Nothing to correct: 1 attempt cost that already.\n"
    assert world.charges(2)[-1] == ("corrected", CREDIT // 2, "person")


def test_of_several_attempts_one_is_named(world: World, says: Callable[..., str]) -> None:
    with pytest.raises(
        SettingError, match=r"several settled attempts: 1 \(failed, 3 credits\), 2 \(done, cost unknown\)"
    ):
        says("hello", "1", "--credits", "4")
    told = says("hello", "1", "--credits", "4", "--attempt", "2")
    assert told == "1 attempt corrected, 1 of them of unknown cost: 4 credits ($0.04) more in all.\n"
    assert world.charges(1)[-1] == ("corrected", 4 * CREDIT, "person")


def test_an_invoice_corrects_many_by_ticket_and_by_job(world: World, says: Callable[..., str]) -> None:
    Path("invoice.csv").write_text(
        "\ufeffTicket,batch,job,attempt,Credits,day\nticket-1,,,,1,5\n,hello,1,2,2.5,5\n,hello,2,,2,6\n",
        encoding="utf-8",
    )
    told = json.loads(says("--from", "invoice.csv", "--json"))
    assert told == {"attempts": 3, "corrected": 2, "difference": {"credits": 0.5, "usd": 0.005}}
    assert [amount for kind, amount, _ in world.charges(1) if kind == "corrected"] == [-2 * CREDIT, 5 * CREDIT // 2]


@pytest.mark.parametrize(
    ("text", "says_so"),
    [
        ("ticket,cost\na,1\n", "has the columns ticket, cost"),
        ("tickets,credits\na,1\n", "'tickets': did you mean \"ticket\"?"),
        ("", "has the columns (none)"),
        ("ticket,credits\n,1\n", "invoice.csv, line 2: no attempt is named"),
        ("ticket,credits\nticket-1,lots\n", "invoice.csv, line 2: 'lots' is no amount of credits"),
        ("ticket,credits\nticket-1,-1\n", "'-1' is no amount of credits"),
        ("ticket,credits\nticket-1,nan\n", "'nan' is no amount of credits"),
        ("batch,job,credits\nhello,two,1\n", "'two' is no job"),
        ("batch,job,credits\nhello,2,1\nhello,2,2\n", "line 3: another line says something else of job 2 of hello"),
        ("ticket,credits\nticket-1,1\nx,1\ny,1\nz,1\nw,1\n", "and 1 more"),
        ("batch,job,credits\nhello,2,1\nbye,1,1\n", "line 3: There is no batch 'bye'"),
        ("batch,job,credits\nhello,2,1\nhello,3,1\n", "line 3: nothing is settled for job 3 of hello"),  # called
    ],
)
def test_a_file_with_a_mistake_corrects_nothing(
    text: str, says_so: str, world: World, says: Callable[..., str]
) -> None:
    Path("invoice.csv").write_text(text)
    before = world.everything()
    with pytest.raises(SettingError) as mistake:
        says("--from", "invoice.csv")
    assert says_so in str(mistake.value)
    assert world.everything() == before


@pytest.mark.parametrize(
    "words",
    [
        ("hello", "2"),  # at what cost?
        ("hello", "--credits", "1"),  # which job?
        ("hello", "--from", "invoice.csv"),  # one, or many?
        (),
        ("--from", "nowhere.csv"),
    ],
)
def test_what_is_meant_has_to_be_clear(words: tuple[str, ...], says: Callable[..., str]) -> None:
    with pytest.raises(SettingError):
        says(*words)


def test_a_reason_is_words(world: World) -> None:  # noqa: ARG001  # in its folder
    with pytest.raises(SettingError, match="--because is empty"):
        app(["correct", "hello", "2", "--credits", "1", "--because", " "], standalone_mode=False)
