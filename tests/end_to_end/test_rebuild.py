"""`fluxbatch rebuild`: the ledger is gone, the pictures are there, and nothing is paid twice."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.end_to_end.people import Company, Person

MANIFEST = """
version: 1
name: small
model: flux-2-klein-4b
params: {width: 256, height: 256}
prompts: [a fox, an owl, a fox]
"""


def lose_the_ledger(person: Person) -> None:
    for file in (person.folder / ".fluxbatch").glob("ledger.db*"):
        file.unlink()


@pytest.mark.parametrize("company", [50], indirect=True)
def test_a_lost_ledger_is_written_again_and_only_what_is_missing_is_paid(person: Person, company: Company) -> None:
    manifest = person.folder / "small.yaml"
    manifest.write_text(MANIFEST)
    first = person.does("run", manifest, "--yes", "--json")
    assert (first.code, company.books()["accepted"]) == (0, 2), first.err  # one fox is a copy

    lose_the_ledger(person)
    rebuilt = person.does("rebuild", "--from", "images", "--hash", "--json")
    assert (rebuilt.code, rebuilt.json["wrong"]) == (0, [])
    assert rebuilt.json["batches"] == {first.json["batch"]: 3}
    report = person.does("report", "small", "--json").json
    for told in ("jobs", "images", "output_megapixels", "cost", "models", "paid_by"):
        assert report[told] == first.json[told], told

    lose_the_ledger(person)
    owl = next(Path(person.folder / "images" / first.json["batch"]).glob("*owl.jpeg"))
    owl.unlink()
    rebuilt = person.does("rebuild", "--from", "images")
    assert rebuilt.code == 3
    assert f"{first.json['batch']}/{owl.name}: its picture is missing" in rebuilt.err
    more = person.does("run", manifest, "--yes", "--json")
    assert (more.code, more.json["images"], company.books()["accepted"]) == (0, 3, 3)
