"""Each batch is paid by the account it names, with its key, within its slots, and by its own workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.people import Company, Person

USUAL, STUDIO, LAB = "the-usual-key", "the-key-of-the-studio", "the-key-of-the-lab"

FILE = """
[accounts.studio]
key_env = "STUDIO_BFL_KEY"
api_url = "{url}"

[accounts.lab]
key_file = "lab.key"
api_url = "{url}"
slots = {{standard = 2}}
"""


@pytest.fixture
def of_three(person: Person, company: Company) -> Person:
    """Somebody with three accounts: the usual one, one by a variable, one by a file."""
    person.env |= {"BFL_API_KEY": USUAL, "STUDIO_BFL_KEY": STUDIO}
    (person.folder / "lab.key").write_text(LAB)
    (person.folder / "fluxbatch.toml").write_text(FILE.format(url=company.url))
    return person


def test_a_worker_serves_its_account_and_a_run_the_one_of_its_manifest(of_three: Person, company: Company) -> None:
    labs, studios, usual = (manifest(of_three, account) for account in ("lab", "studio", None))
    batches = {
        file.stem: of_three.does("submit", file, "--yes", "--json").json["batch"] for file in (labs, studios, usual)
    }

    worker = of_three.start("worker", "--account", "lab")
    while of_three.does("status", batches["lab"], "--json").json["state"] != "done":
        pass
    worker.terminate()
    log = "".join(worker.communicate(timeout=20))
    assert company.prompts_paid_with(LAB) == [f"lab {number}" for number in range(5)]
    assert company.prompts_paid_with(STUDIO) == company.prompts_paid_with(USUAL) == []
    assert company.books()["peak_active"]["standard"] == 2, "the slots that the file gives"

    runs = [of_three.does("run", file, "--yes", "--json") for file in (studios, usual, labs)]
    assert [run.code for run in runs] == [0, 0, 0], runs
    assert [run.json["batch"] for run in runs] == [batches["studio"], batches["usual"], batches["lab"]]
    assert len(company.prompts_paid_with(LAB)) == len(company.prompts_paid_with(STUDIO)) == 5
    assert company.prompts_paid_with(USUAL) == [f"usual {number}" for number in range(5)]
    assert company.books()["billed_credits"] == 3 * 5 * 2.5

    said = [log, *(run.out + run.err for run in runs)]
    kept = [file.read_bytes() for file in of_three.folder.rglob("*") if file.is_file() and file.name != "lab.key"]
    for key in (USUAL, STUDIO, LAB):
        assert not any(key in text for text in said)
        assert not any(key.encode() in text for text in kept)


def test_doctor_checks_every_account(of_three: Person) -> None:
    of_three.env["STUDIO_BFL_KEY"] = "revoked-long-ago"
    done = of_three.does("doctor", "--json")
    assert done.code == 5  # the worst is the key that is refused
    told = {one["what"]: (one["good"], one["said"] + one["cure"]) for one in done.json}
    [usual] = told.keys() - {"account studio", "account lab"} & {name for name in told if name.startswith("account ")}
    assert told[usual][0]
    assert told["account lab"][0]
    assert "the account has 10,000 credits" in told["account lab"][1]
    assert not told["account studio"][0]
    assert "refuses the key" in told["account studio"][1]
    assert not any(key in done.out + done.err for key in (USUAL, LAB, "revoked-long-ago"))


def test_a_simulation_never_uses_the_account_of_the_manifest(of_three: Person, company: Company) -> None:
    done = of_three.does("run", manifest(of_three, "studio"), "--simulate", "--yes", "--json")
    assert done.code == 0, done.err
    assert "Note: with --simulate the simulator's account is used instead of studio." in done.err
    assert company.books()["accepted"] == 0


def manifest(person: Person, account: str | None) -> Path:
    """Five prompts of this account; of the usual one where it is None."""
    name = account or "usual"
    file = person.folder / f"{name}.yaml"
    head = f"version: 1\nname: {name}\nmodel: flux-dev\nparams: {{width: 256, height: 256}}\n"
    whose = f"account: {account}\n" if account else ""
    file.write_text(head + whose + "prompts:\n" + "".join(f"  - {name} {number}\n" for number in range(5)))
    return file
