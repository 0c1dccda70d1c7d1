"""Pictures go to a bucket as they go to a folder, also when it is away for a while."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from batches.store.images import open_store
from tests.buckets import BUCKET, READER, S3Server
from tests.end_to_end.people import HELLO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.end_to_end.people import Company, Done, Person

IMAGES = f"s3://{BUCKET}/autumn"

SMALL = """
version: 1
name: small
model: flux-2-klein-4b
params: {width: 256, height: 256}
prompts: [a fox, an owl, a heron]
"""


@pytest.fixture
def server(person: Person, tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """One of the person's own, which may be killed."""
    own = S3Server(tmp_path_factory.mktemp("s3"))
    own.start()
    person.env |= {**own.environment(), "FLUXBATCH_IMAGES_URL": IMAGES}
    yield own
    own.kill()


def kept(server: S3Server, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of what is in the bucket below the one batch there is."""
    for name, value in server.environment().items():
        monkeypatch.setenv(name, value)
    keys = [one.key.partition("/") for one in open_store(IMAGES).listing()]
    assert len({batch for batch, _, _ in keys}) == 1, keys
    return {name for _, _, name in keys}


def is_all_there(done: Done, names: set[str]) -> None:
    """Every picture with its sidecar, and the receipt."""
    pictures = {name for name in names if not name.endswith((".json", ".html", ".csv"))}
    assert len(pictures) == done.json["jobs"]["done"] == 23
    assert names - pictures == {f"{name}.json" for name in pictures} | {"report.html", "report.json", "jobs.csv"}


def test_a_bucket_that_is_away_and_then_refuses_loses_nothing(
    person: Person, company: Company, server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = person.start("run", HELLO, "--yes")
    company.wait_for(lambda books: books["accepted"] >= 1)
    server.kill()
    server.lets_the_owner("Read", "List")
    time.sleep(2)  # the first results find nobody, which ends no night
    assert run.poll() is None
    server.resume()
    _, err = run.communicate(timeout=90)
    assert run.returncode == 6, err
    assert "Stopped: image store: " in err
    assert "access is denied (AccessDenied)" in err

    server.kill()
    server.lets_the_owner("Read", "List", "Write")
    server.resume()
    done = person.does("run", HELLO, "--yes", "--json")
    assert done.code == 3, done.err
    assert f"Images: {IMAGES}/{done.json['batch']}" in done.err
    is_all_there(done, kept(server, monkeypatch))
    books = company.books()
    assert done.json["cost"]["credits"] == books["billed_credits"]
    assert books["accepted_by_body"]["accepted_more_than_once"] == 0


@pytest.mark.parametrize("company", [50], indirect=True)
def test_what_is_in_a_bucket_is_verified_exported_rebuilt_and_pruned(
    person: Person, company: Company, s3_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    images, sheet = f"s3://{BUCKET}/small", f"s3://{BUCKET}/small-sheet"
    person.env |= {**s3_server.environment(), "FLUXBATCH_IMAGES_URL": images}
    for name, value in s3_server.environment().items():
        monkeypatch.setenv(name, value)
    store, place = open_store(images), open_store(sheet)
    (person.folder / "small.yaml").write_text(SMALL)
    batch = person.does("run", "small.yaml", "--yes", "--json").json["batch"]

    inside = person.does("export", "small", "--format", "sheet", "--to", f"{images}/sheet")
    assert (inside.code, f"{images}/sheet is inside the image store {images}" in inside.err) == (2, True), inside.err
    exported = person.does("export", "small", "--format", "sheet", "--to", sheet, "--json")
    assert (exported.code, exported.json["items"]) == (0, 3), exported.err
    pictures = sorted(one.key for one in store.listing(batch) if one.key.endswith(".jpeg"))
    copies = [one.key for one in place.listing("pictures/0000")]
    assert [place.get(copy) for copy in copies] == [store.get(key) for key in pictures]

    for file in (person.folder / ".fluxbatch").glob("ledger.db*"):
        file.unlink()
    rebuilt = person.does("rebuild", "--from", images, "--json")
    assert (rebuilt.code, rebuilt.json["batches"]) == (0, {batch: 3}), rebuilt.err

    store.put(pictures[1], b"not the owl")
    store.delete(pictures[2])
    verified = person.does("verify", "small", "--json")
    assert (verified.code, [one["key"] for one in verified.json[0]["wrong"]]) == (3, pictures[1:]), verified.err

    pruned = person.does("prune", "small", "--pictures", "--yes")
    assert pruned.code == 0, pruned.err
    assert not [one.key for one in store.listing(batch) if one.key.startswith(tuple(pictures))]
    gone = person.does("export", "small", "--format", "webdataset", "--to", "datasets/small")
    assert (gone.code, "3 pictures that are asked for were pruned" in gone.err) == (2, True), gone.err
    assert company.books()["accepted"] == 3


def test_what_a_bucket_refuses_is_told_before_anything_is_paid(
    person: Person, company: Company, s3_server: S3Server, tmp_path: Path
) -> None:
    person.env |= {**s3_server.environment(READER), "FLUXBATCH_IMAGES_URL": IMAGES}
    refused = person.does("run", HELLO, "--yes")
    assert (refused.code, company.books()["accepted"]) == (6, 0)
    assert "cannot be written: access is denied (AccessDenied)." in refused.err

    checked = person.does("doctor", "--json")
    [images] = [one for one in checked.json if one["what"] == "image store"]
    assert (checked.code, images["good"]) == (6, False)
    assert images["cure"] == f"Let these credentials read, write, list and delete below {IMAGES}."

    person.env |= s3_server.environment()
    [images] = [one for one in person.does("doctor", "--json").json if one["what"] == "image store"]
    assert (images["good"], images["said"]) == (True, f"{IMAGES} can be written, read and listed")
    assert not (tmp_path / "images").exists()
