"""Whether the money is enough is said before it is spent, and while it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import simulator
from batches.store.ledger import Ledger, balances
from batches.store.ledger.balances import Reading
from batches.store.ledger.records import Reported
from batches.store.ledger.states import State
from console.actions import funding
from console.actions.funding import NOTHING, Funds, Need
from console.cli.funds import note_shortage, show_funds
from console.cli.main import app
from console.cli.output import out
from tests.batches.store.ledger.world import CREDIT, World

if TYPE_CHECKING:
    from collections.abc import Iterator

MANIFEST = "version: 1\nname: hello\nmodel: flux-dev\nprompts: [a fox, an owl]\n"


def need(amount: int, *, unknown: int = 0) -> Need:
    return Need(micro_credits=amount * CREDIT, unknown_prices=unknown)


@pytest.mark.parametrize(
    ("has", "needs", "under_way", "said"),
    [
        (900, need(57), NOTHING, "Needs 57 credits, the account has 900."),
        (900, need(1240), NOTHING, "Needs 1,240 credits, the account has 900: 340 too few."),
        (900, need(900), NOTHING, "Needs 900 credits, the account has 900."),
        (900, need(5, unknown=1), NOTHING, "Needs at least 5 credits, the account has 900."),
        (90, need(80), need(30), "Needs 80 credits, and jobs under way 30 more; the account has 90: 20 too few."),
        (9, need(0), need(3, unknown=2), "Needs 0 credits, and jobs under way at least 3 more; the account has 9."),
    ],
)
def test_what_is_needed_and_what_there_is(
    capsys: pytest.CaptureFixture[str], has: int, needs: Need, under_way: Need, said: str
) -> None:
    show_funds(Funds(accounts=("main",), has=has * CREDIT, needs=needs, under_way=under_way), out)
    assert capsys.readouterr().out == f"{said}\n"


def test_what_the_accounts_of_a_pool_have_is_said_together(capsys: pytest.CaptureFixture[str]) -> None:
    both = Funds(accounts=("lab", "studio"), has=9 * CREDIT, needs=need(2), under_way=need(8))
    show_funds(both, out)
    note_shortage(both)
    said = capsys.readouterr()
    assert said.out == "Needs 2 credits, and jobs under way 8 more; the accounts have 9: 1 too few.\n"
    assert said.err.startswith("The accounts lab, studio have about 9 credits left, and jobs under way need 8: 1")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The ledger of the folder in which the commands run."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "LEDGER_URL", "BROKER_URL", "ACCOUNT", "API_URL", "CONFIG"):
        monkeypatch.delenv(f"FLUXBATCH_{name}", raising=False)
    monkeypatch.delenv("BFL_API_KEY", raising=False)
    with Ledger(f"sqlite:///{Path('.fluxbatch/ledger.db').absolute()}") as ledger:
        yield World(ledger)


def read(world: World, amount: int, account: str = "main") -> None:
    world.do(
        balances.keep, Reading(account=account, asked_at=world.now, at=world.now, micro_credits=amount * CREDIT)
    )  # fmt: skip


def notes(capsys: pytest.CaptureFixture[str]) -> list[str]:
    app(["status"], standalone_mode=False)
    return capsys.readouterr().err.splitlines()


def test_status_says_when_what_is_left_is_not_enough(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.submit(4)
    assert notes(capsys) == [], "nobody has read the balance"
    read(world, 12)
    assert notes(capsys) == [], "it is enough to the credit"
    read(World(world.ledger, now=world.now + 1, hire=False), 11)
    short = "The account main has about 11 credits left, and jobs under way need 12: 1 too few."
    assert notes(capsys) == [short]
    world.now += 2
    one, *_ = world.call()
    world.finish(world.carry(world.claim(one), State.FETCHING), Reported(micro_credits=4 * CREDIT))
    assert notes(capsys) == ["The account main has about 7 credits left, and jobs under way need 9: 2 too few."]


def test_what_jobs_that_are_not_at_rest_will_cost(world: World) -> None:
    world.submit(4)
    world.submit(1, name="more", estimate=None)
    world.submit(9, accounts=("other",))
    assert world.ask(funding.need, ["main"]) == need(12, unknown=1)
    one, two, *_ = world.call()
    world.finish(world.carry(world.claim(one), State.FETCHING), Reported(micro_credits=7 * CREDIT))
    assert world.ask(funding.need, ["main"]) == need(9, unknown=1), "by estimates, whatever the others cost"
    world.end(world.carry(world.claim(two), State.RENDERING), State.FAILED)
    assert world.ask(funding.need, ["main"]) == need(6, unknown=1)
    assert world.ask(funding.need, ["nobody"]) == NOTHING


def test_status_adds_up_what_the_accounts_of_a_pool_have(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.submit(4, accounts=("lab", "main"))
    read(world, 7)
    assert notes(capsys) == [], "what the other one has is not known"
    read(world, 3, "lab")
    assert notes(capsys) == [
        "The accounts lab, main have about 10 credits left, and jobs under way need 12: 2 too few."
    ]


def test_status_says_nothing_of_accounts_whose_jobs_all_rest(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.finish(world.at(State.FETCHING))
    read(world, 0)
    assert notes(capsys) == []


def test_a_plan_says_what_the_account_has_where_that_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("m.yaml").write_text(MANIFEST)
    with simulator.running(credits=6) as company:
        monkeypatch.setenv("FLUXBATCH_API_URL", company.url)
        monkeypatch.setenv("BFL_API_KEY", "a-good-key")
        monkeypatch.setenv("FLUXBATCH_ACCOUNT", "usual")
        app(["plan", "m.yaml"], standalone_mode=False)
        assert "Needs 5 credits, the account has 6.\n" in capsys.readouterr().out
        world.submit(2, accounts=("usual",))
        app(["plan", "m.yaml", "--json"], standalone_mode=False)
        funds = json.loads(capsys.readouterr().out)["funds"]
        assert {name: amount["credits"] for name, amount in funds.items()} == {
            "has": 6, "needs": 5, "under_way": 6, "missing": 5,
        }  # fmt: skip
        assert world.ask(balances.accounts_read) == [], "a plan writes nothing"


@pytest.mark.parametrize(
    ("url", "key", "noted"),
    [
        ("http://127.0.0.1:9", "a-good-key", ""),
        ("http://127.0.0.1:9", None, ""),
        (None, "revoked-key", "Note: {url} refuses the key: 403: This API key has been revoked.\n"),
    ],
    ids=["no network", "no key", "a bad key"],
)
def test_a_plan_needs_no_answer(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    url: str | None,
    key: str | None,
    noted: str,
) -> None:
    Path("m.yaml").write_text(MANIFEST)
    with simulator.running() as company:
        monkeypatch.setenv("FLUXBATCH_API_URL", url or company.url)
        if key:
            monkeypatch.setenv("BFL_API_KEY", key)
        app(["plan", "m.yaml"], standalone_mode=False)
    said = capsys.readouterr()
    assert "2 images for about 5 credits" in said.out
    assert "the account has" not in said.out
    assert said.err == noted.format(url=company.url)
    assert world.ask(balances.accounts_read) == []
