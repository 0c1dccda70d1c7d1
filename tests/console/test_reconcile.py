"""`fluxbatch reconcile` says what the balance and the ledger say of each other."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from typer import Exit

from batches.errors import SettingError
from batches.store.ledger import Ledger, balances
from batches.store.ledger.balances import DEBITED_WITHIN_SECONDS, Reading
from batches.store.ledger.records import Reported
from batches.store.ledger.states import State
from console.cli.main import app
from tests.batches.store.ledger.world import CREDIT, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MORNING = time.mktime((2026, 11, 20, 7, 0, 0, 0, 0, -1))


class Said(NamedTuple):
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


class Books(World):
    """A ledger that knows what the account has."""

    has = 100  #: credits

    def read(self, account: str = "main") -> None:
        """Read the balance, a minute later."""
        self.now += 60
        found = Reading(account=account, asked_at=self.now, at=self.now, micro_credits=self.has * CREDIT)
        self.do(balances.keep, found)

    def pay(self, credits_: int | None, *, booked: bool = True, **batch: object) -> None:
        """A job that costs so much, whether or not anybody says so."""
        job = self.at(State.FETCHING, **batch)
        self.has -= credits_ or 0
        cost = None if credits_ is None or not booked else credits_ * CREDIT
        self.now += 1
        self.finish(job, Reported(micro_credits=cost))

    def lose(self, *, paid: bool) -> None:
        """A job whose answer is lost."""
        self.doubt(self.at(State.SUBMITTING, name=f"lost-{paid}"))
        self.has -= 3 * paid


@pytest.fixture
def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Books]:
    """In the folder in which the commands run, with a first reading at seven."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "LEDGER_URL"):
        monkeypatch.delenv(f"FLUXBATCH_{name}", raising=False)
    with Ledger(f"sqlite:///{Path('.fluxbatch/ledger.db').absolute()}") as ledger:
        yield Books(ledger, now=MORNING - 60)


@pytest.fixture
def reconcile(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """`fluxbatch reconcile …`."""

    def command(*words: str) -> Said:
        try:
            code = app(["reconcile", *words], standalone_mode=False)
        except Exit as done:
            code = done.exit_code
        return Said(int(code), *capsys.readouterr())

    return command


def test_what_adds_up_is_a_line_and_what_did_not_move_is_none(books: Books, reconcile: Callable[..., Said]) -> None:
    books.read()
    books.read()
    books.pay(4)
    books.read()
    said = reconcile()
    assert [line.rstrip() for line in said.out.splitlines()] == [
        "main, until          balance  fell by  settled  gap  exact to",
        "2026-11-20 07:02:01       96        4        4    0         0  adds up",
        "main, 2026-11-20 07:00:00 to 2026-11-20 07:02:01: 4 credits settled, everything adds up.",
    ]
    assert said.code == 0


def top_up(books: Books) -> None:
    books.has += 50


def spent_by_another(books: Books) -> None:
    books.has -= 5


def spent_by_another_with_a_doubt(books: Books) -> None:
    books.lose(paid=True)
    books.has -= 5


@pytest.mark.parametrize(
    ("story", "code", "said"),
    [
        (top_up, 0, "at least 50 credits came in: a top-up, a refund, or a job that was charged less."),
        (
            spent_by_another,
            3,
            "at least 5 credits more are gone than the ledger knows of. Does something else spend from this account?",
        ),
        (
            spent_by_another_with_a_doubt,
            3,
            (
                "at least 8 credits more are gone than the ledger knows of. "
                "1 unsure submission worth 3 credits cannot be all of it. Does something else spend from this account?"
            ),
        ),
        (
            lambda books: books.lose(paid=True),
            3,
            (
                "at least 3 credits more are gone than the ledger knows of. "
                "They can be those of 1 unsure submission worth 3 credits."
            ),
        ),
        (
            lambda books: books.pay(4, booked=False),
            3,
            (
                "at least 4 credits more are gone than the ledger knows of. "
                "They can be those of 1 attempt of unknown amount."
            ),
        ),
    ],
)
def test_what_does_not_add_up_is_explained(
    books: Books, reconcile: Callable[..., Said], *, story: Callable[[Books], None], code: int, said: str
) -> None:
    books.read()
    story(books)
    books.read()
    told = reconcile()
    assert (told.code, told.out.splitlines()[2].split(": ", 1)[1]) == (code, said)
    assert "1 of 1 intervals do not add up" in told.out


def test_unsure_money_is_narrowed(books: Books, reconcile: Callable[..., Said]) -> None:
    books.read()
    books.lose(paid=True)
    books.read()
    assert ": of 1 unsure submission worth 3 credits, the balance says 3 were charged." in reconcile().out
    books.lose(paid=False)
    books.now += DEBITED_WITHIN_SECONDS
    books.read()
    said = reconcile().out
    assert "lost-False" in said
    assert ": of 1 unsure submission worth 3 credits, the balance says 0 were charged." in said


def test_what_was_under_way_is_said_as_what_it_is_exact_to(books: Books, reconcile: Callable[..., Said]) -> None:
    books.read()
    job = books.at(State.RENDERING)
    books.has -= 3  # BFL took the money with the submission
    books.read()
    books.now += 1
    books.finish(books.carry(job, State.FETCHING), Reported(micro_credits=3 * CREDIT))
    books.read()
    said = reconcile()
    assert [line.split()[2:7] for line in said.out.splitlines()[1:3]] == [
        ["97", "3", "0", "3", "3"],
        ["97", "0", "3", "-3", "3"],
    ]
    assert (said.code, said.out.count("adds up")) == (0, 3)


def test_times_choose_the_readings(books: Books, reconcile: Callable[..., Said]) -> None:
    for _ in range(3):
        books.read()
    [found] = json.loads(reconcile("--since", "2026-11-20T07:01", "--json").out)
    assert (found["account"], len(found["comparisons"])) == ("main", 1)
    [found] = json.loads(reconcile("--until", "2026-11-20T07:01", "--json").out)
    assert found["comparisons"] == []
    with pytest.raises(SettingError, match="--since: 'yesterday' is no time"):
        reconcile("--since", "yesterday")


def test_accounts_are_compared_apart(books: Books, reconcile: Callable[..., Said]) -> None:
    for account in ("main", "other") * 2:
        books.read(account)
    assert [one["account"] for one in json.loads(reconcile("--json").out)] == ["main", "other"]
    [one] = json.loads(reconcile("--account", "other", "--json").out)
    assert one["comparisons"][0]["verdict"] == "adds up"
    with pytest.raises(SettingError, match='no reading of the account "othr"; did you mean'):
        reconcile("--account", "othr")


def test_without_readings_it_is_said_how_to_get_them(books: Books, reconcile: Callable[..., Said]) -> None:
    assert reconcile() == Said(
        0, "", "No balance has been read yet. `fluxbatch credits` reads it, and so do `run` and every worker.\n"
    )
    books.read()
    said = "main: there are no two readings to compare. `fluxbatch credits` takes one more.\n"
    assert reconcile() == Said(0, "", said)
