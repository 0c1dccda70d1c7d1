"""The budgets of fluxbatch.toml: strictly read, and read again when the file has changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from batches.errors import SettingError
from batches.policy import Budget, BudgetMode, Per, WideBudget
from workers.budgets import Budgets, wide_budgets
from workers.settings import Settings

CREDIT = 1_000_000
DAY = '[[budgets]]\nname = "day"\nper = "day"\ncredits = 500\n'


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith("FLUXBATCH_") or name.endswith("BFL_API_KEY"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("STUDIO_BFL_KEY", "a-key")


def write(text: str) -> Settings:
    Path("fluxbatch.toml").write_text(f'{text}\n[accounts.studio]\nkey_env = "STUDIO_BFL_KEY"\n')
    return Settings.load()


def test_without_a_file_there_are_none() -> None:
    assert wide_budgets(Settings.load()) == ()


def test_a_budget_says_who_what_when_and_how_much() -> None:
    settings = write(
        '[[budgets]]\nname = "studio-month"\naccount = "studio"\nlabel = {project = "cats"}\nper = "month"\n'
        'zone = "Europe/Berlin"\ndollars = 12.5\nmode = "cautious"\nwarn = [90]\n' + DAY
    )
    assert wide_budgets(settings) == [
        WideBudget(name="day", budget=Budget(micro_credits=500 * CREDIT), per=Per.DAY),
        WideBudget(
            name="studio-month",
            budget=Budget(micro_credits=1250 * CREDIT, mode=BudgetMode.CAUTIOUS, warn=(90,)),
            account="studio",
            labels={"project": "cats"},
            per=Per.MONTH,
            zone="Europe/Berlin",
        ),
    ]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (DAY + "credit = 5", 'unknown key `budgets.0.credit`; did you mean "credits"?'),
        (DAY.replace("[[budgets]]", "[[budgts]]"), 'unknown key `budgts`; did you mean "budgets"?'),
        (DAY.replace("[[budgets]]", "[budgets]"), "`budgets` cannot be used: it must be a list"),
        (DAY.replace("500", "0"), "`budgets.0.credits` cannot be used: must be a number above 0, at most 1,000,000,"),
        (DAY.replace("500", '"500"'), "`budgets.0.credits` cannot be used: must be a number"),
        (DAY.replace("500", "inf"), "`budgets.0.credits` cannot be used: must be a number"),
        (DAY + "dollars = 5", "`budgets.0` cannot be used: say once how much it is: credits = 500, or dollars = 5"),
        (DAY.replace("credits = 500", ""), "`budgets.0` cannot be used: say once how much it is"),
        (DAY.replace('per = "day"', ""), "`budgets.0.per` cannot be used: it is missing"),
        (DAY.replace('"day"', '"week"'), "`budgets.0.per` cannot be used: Input should be 'day', 'month' or 'ever'"),
        (DAY.replace('name = "day"', ""), "`budgets.0.name` cannot be used: it is missing"),
        (DAY + 'zone = "Berlin"', "`budgets.0.zone` cannot be used: must be a time zone such as Europe/Berlin"),
        (DAY + "warn = [0]", "`budgets.0.warn` cannot be used: must be a list of whole percentages"),
        (DAY + "label = {\"a'b\" = \"c\"}", "`budgets.0.label` cannot be used: a label has no quotes in its name"),
        (DAY + DAY, "`budgets` cannot be used: 2 of them have the name day; give each its own"),
        (DAY + 'account = "studo"', 'of an account that is not set up, "studo"; did you mean "studio"?'),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_with_its_place_and_the_cure(written: str, said: str) -> None:
    with pytest.raises(SettingError) as caught:
        wide_budgets(write(written))
    assert said in caught.value.message
    assert caught.value.message.startswith("fluxbatch.toml")
    assert caught.value.cure


def test_a_worker_knows_all_of_them_so_that_it_lets_none_go_on_that_rests_for_another_account() -> None:
    text = DAY + DAY.replace('"day"', '"studio"', 1) + 'account = "studio"\n'
    budgets = Budgets(write(text + DAY.replace('"day"', '"play"', 1) + 'account = "simulator"\n'))
    assert [one.name for one in budgets()] == ["day", "play", "studio"]


def test_a_file_that_has_changed_is_read_again() -> None:
    budgets = Budgets(write(DAY))
    write(DAY.replace("500", "1000"))
    assert [one.budget.micro_credits for one in budgets()] == [1000 * CREDIT]


def test_while_a_file_cannot_be_used_what_it_said_before_holds(capsys: pytest.CaptureFixture[str]) -> None:
    budgets = Budgets(write(DAY))
    write("[[budgets")
    assert [one.budget.micro_credits for one in budgets()] == [500 * CREDIT]
    assert budgets()
    assert capsys.readouterr().out.count("fluxbatch.toml is not TOML") == 1, "it is told once"
    write(DAY.replace("500", "2"))
    assert [one.budget.micro_credits for one in budgets()] == [2 * CREDIT]
