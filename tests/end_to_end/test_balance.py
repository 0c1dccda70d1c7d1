"""The balance falls by what the ledger has settled, and tells what became of answers that were lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.people import Company, Done, Person


def test_a_balance_falls_by_exactly_what_was_settled(person: Person) -> None:
    done = person.does("run", manifest(person, "a fox", "an owl", "a heron"), "--yes", "--json")
    assert "Needs 4.2 credits, the account has 10,000." in done.err
    assert balance(person) == 10_000 - 4.2

    told = person.does("reconcile")
    assert told.code == 0, told.out
    assert "4.2 credits settled, everything adds up." in told.out
    assert sum(one["settled"]["credits"] for one in comparisons(told_json(person))) == done.json["cost"]["credits"]


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
    missing = sum(one["missing"]["credits"] for one in comparisons(told_json(person)))
    assert missing == company.books()["billed_credits"] - done.json["cost"]["credits"] == 1.4


def test_a_worker_reads_the_balance_by_itself(person: Person) -> None:
    worker = person.start("worker")
    while not told_json(person):
        pass
    worker.terminate()
    worker.communicate(timeout=20)


def balance(person: Person) -> float:
    [told] = person.does("credits", "--json").json
    return told["credits"]


def told_json(person: Person) -> list[dict[str, list[dict[str, dict[str, float]]]]]:
    done: Done = person.does("reconcile", "--json")
    return done.json


def comparisons(told: list[dict[str, list[dict[str, dict[str, float]]]]]) -> list[dict[str, dict[str, float]]]:
    [of_account] = told
    return of_account["comparisons"]


def manifest(person: Person, *prompts: str) -> Path:
    file = person.folder / "small.yaml"
    head = "version: 1\nname: small\nmodel: flux-2-klein-4b\nparams: {width: 256, height: 256}\nprompts:\n"
    file.write_text(head + "".join(f"  - {prompt}\n" for prompt in prompts))
    return file
