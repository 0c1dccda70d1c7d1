"""The balance falls by what the ledger has settled, and tells what became of answers that were lost."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.end_to_end.people import EXAMPLES

if TYPE_CHECKING:
    from tests.end_to_end.people import Company, Person

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "reconcile.md"


def test_a_balance_falls_by_exactly_what_was_settled(person: Person) -> None:
    done = person.does("run", manifest(person, "a fox", "an owl", "a heron"), "--yes", "--json")
    assert "Needs 4.2 credits, the account has 10,000." in done.err
    assert balance(person) == 10_000 - 4.2

    told = person.does("reconcile")
    assert told.code == 0, told.out
    assert "4.2 credits settled, everything adds up." in told.out
    assert total(person, "settled") == done.json["cost"]["credits"]


def test_an_answer_that_is_lost_is_a_gap_and_the_gap_says_what_it_was_charged(person: Person, company: Company) -> None:
    """Two answers are lost: one picture was made and charged, the other one was refused and was not."""
    for word in ("heron", "forbidden"):
        company.spoil({"effect": "lost", "on": "submit", "word": word, "times": 1})

    done = person.does("run", manifest(person, "a fox", "a heron", "forbidden"), "--yes", "--json")
    assert (done.code, done.json["jobs"]["unsure"]) == (3, 2), done.err
    company.wait_for(lambda books: not any(books["active"].values()))
    assert balance(person) == 10_000 - 2 * 1.4

    told = person.does("reconcile")
    assert told.code == 3
    batch = done.json["batch"]
    assert (
        f"{batch}: of 2 unsure submissions worth 2.8 credits, the balance says between 1.4 and 2.8 were charged."
    ) in told.out, "within half an hour, the other one may be charged yet"
    assert total(person, "missing") == company.books()["billed_credits"] - done.json["cost"]["credits"] == 1.4


def test_a_worker_reads_the_balance_by_itself(person: Person) -> None:
    worker = person.start("worker")
    while not reconciled(person):
        pass
    worker.terminate()
    worker.communicate(timeout=20)


def test_the_page_about_it_runs_as_it_stands(person: Person) -> None:
    commands = re.search(r"```sh\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert commands
    for command in commands[1].splitlines():
        _, *words = command.replace("batches/examples", str(EXAMPLES)).split()
        done = person.does(*words)
        assert done.code == 0, done.err
    assert "2.8 credits settled, everything adds up." in done.out


def balance(person: Person) -> float:
    [told] = person.does("credits", "--json").json
    return told["credits"]


def reconciled(person: Person) -> list[dict[str, Any]]:
    """By account."""
    return person.does("reconcile", "--json").json


def total(person: Person, what: str) -> float:
    """Over all intervals of the one account."""
    [of_account] = reconciled(person)
    return sum(one[what]["credits"] for one in of_account["comparisons"])


def manifest(person: Person, *prompts: str) -> Path:
    file = person.folder / "small.yaml"
    head = "version: 1\nname: small\nmodel: flux-2-klein-4b\nparams: {width: 256, height: 256}\nprompts:\n"
    file.write_text(head + "".join(f"  - {prompt}\n" for prompt in prompts))
    return file
