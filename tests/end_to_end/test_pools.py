"""One batch, two accounts on two hosts: both work at it, and what one cannot do the other does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import simulator
from tests.end_to_end.people import Company

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.end_to_end.people import Person

STUDIO, LAB = "the-key-of-the-studio", "the-key-of-the-lab"
PRICE = 2.5
COUNT = 24

FILE = """
[accounts.studio]
key_env = "STUDIO_BFL_KEY"
api_url = "{studio}"
slots = {{standard = 4}}

[accounts.lab]
key_env = "LAB_BFL_KEY"
api_url = "{lab}"
slots = {{standard = 4}}

[pools]
night = ["studio", "lab"]
"""


@pytest.fixture
def studios() -> Iterator[Company]:
    """The host of the studio's account: 6 pictures are all that its credits are good for."""
    with simulator.running(speed=3, credits=6 * PRICE) as running:
        yield Company(running.url)


@pytest.fixture
def of_two(person: Person, company: Company, studios: Company) -> Person:
    """Somebody with a pool of two accounts."""
    person.env |= {"STUDIO_BFL_KEY": STUDIO, "LAB_BFL_KEY": LAB}
    (person.folder / "fluxbatch.toml").write_text(FILE.format(studio=studios.url, lab=company.url))
    return person


def test_the_other_account_finishes_what_one_without_credits_cannot_pay(
    of_two: Person, company: Company, studios: Company
) -> None:
    done = of_two.does("run", manifest(of_two, "night"), "--yes", "--json")
    assert done.code == 0, done.err
    assert done.json["jobs"]["done"] == COUNT
    assert studios.books()["billed_credits"] == 6 * PRICE
    assert sorted([*studios.prompts_paid_with(STUDIO), *company.prompts_paid_with(LAB)]) == prompts(), "each once"
    assert company.books()["peak_active"]["standard"] <= 4
    assert done.json["cost"]["credits"] == COUNT * PRICE
    assert done.json["paid_by"] == [
        {"account": "lab", "images": COUNT - 6, "cost": {"credits": (COUNT - 6) * PRICE, "usd": 0.45}},
        {"account": "studio", "images": 6, "cost": {"credits": 6 * PRICE, "usd": 0.15}},
    ]
    of_jobs = of_two.does("jobs", "pool", "--json").json
    assert sorted(job["account"] for job in of_jobs) == ["lab"] * (COUNT - 6) + ["studio"] * 6
    assert "pool-" in (said := of_two.does("status", "pool").out)
    assert "studio: 6 images for 15 credits" in said


def test_the_other_account_finishes_when_a_key_is_refused(of_two: Person, company: Company, studios: Company) -> None:
    """What the studio has begun waits for its key: polled with any other it would not even be found."""
    studios.spoil({"effect": "status", "on": "submit", "status": 403, "after": 3})
    done = of_two.does("run", manifest(of_two, "[lab, studio]"), "--yes", "--json")
    assert done.code == 0, done.err
    assert done.json["jobs"]["done"] == COUNT
    assert len(studios.prompts_paid_with(STUDIO)) == 3
    assert sorted([*studios.prompts_paid_with(STUDIO), *company.prompts_paid_with(LAB)]) == prompts(), "each once"


def test_an_account_that_is_added_to_a_batch_carries_it_on(of_two: Person, company: Company, studios: Company) -> None:
    alone = of_two.does("run", manifest(of_two, "studio"), "--yes", "--json")
    assert alone.code == 5, "it ran out of credits"
    assert alone.json["jobs"]["done"] <= 6
    both = of_two.does("run", manifest(of_two, "night"), "--yes", "--json")
    assert both.code == 0, both.err
    assert both.json["batch"] == alone.json["batch"]
    assert sorted([*studios.prompts_paid_with(STUDIO), *company.prompts_paid_with(LAB)]) == prompts(), "each once"


def test_the_other_account_pays_what_the_budget_of_one_does_not_cover(
    of_two: Person, company: Company, studios: Company
) -> None:
    file = of_two.folder / "fluxbatch.toml"
    limits = "".join(
        f'\n[[budgets]]\nname = "{name}-day"\naccount = "{name}"\nper = "day"\ncredits = {jobs * PRICE}\n'
        for name, jobs in (("studio", 4), ("lab", 10))
    )
    file.write_text(file.read_text() + limits)
    held = of_two.does("run", manifest(of_two, "night"), "--yes", "--json")
    assert held.code == 4, "neither of them may spend more"
    assert studios.books()["billed_credits"] == 4 * PRICE
    assert company.books()["billed_credits"] == 10 * PRICE
    assert "pays no more of it: a job of 2.5 credits does not fit" in of_two.does("status", "pool").out
    file.write_text(file.read_text().replace(f"credits = {10 * PRICE}", "credits = 1000"))
    done = of_two.does("run", manifest(of_two, "night"), "--yes", "--json")
    assert done.code == 0, done.err
    assert studios.books()["billed_credits"] == 4 * PRICE
    assert company.books()["billed_credits"] == (COUNT - 4) * PRICE


def prompts() -> list[str]:
    return sorted(f"fox {number}" for number in range(COUNT))


def manifest(person: Person, account: str) -> Path:
    file = person.folder / "pool.yaml"
    head = f"version: 1\nname: pool\naccount: {account}\nmodel: flux-dev\nparams: {{width: 256, height: 256}}\n"
    file.write_text(head + "prompts:\n" + "".join(f"  - {prompt}\n" for prompt in prompts()))
    return file
