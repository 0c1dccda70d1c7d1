"""`fluxbatch run`: from a manifest to pictures and a bill."""

from __future__ import annotations

import csv
import hashlib
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from tests.end_to_end.people import HELLO

if TYPE_CHECKING:
    from tests.end_to_end.people import Company, Person


def test_a_manifest_becomes_pictures_sidecars_and_a_bill_that_equals_the_companys_books(
    person: Person, company: Company
) -> None:
    done = person.does("run", HELLO, "--yes", "--json")

    assert done.code == 3, done.err  # one prompt is moderated
    report, books = done.json, company.books()
    assert (report["images"], report["jobs"]["moderated"]) == (23, 1)
    assert report["cost"]["credits"] == books["billed_credits"] == 55.5
    assert (books["accepted"], books["accepted_by_body"]["accepted_more_than_once"]) == (24, 0)
    assert books["refused"] == {"503": 1}  # the hiccup, submitted again
    assert books["peak_active"]["standard"] <= 24

    jobs = person.does("jobs", report["batch"], "--state", "done", "--json").json
    for job in jobs:
        facts = json.loads(Path(f"{job['image']}.json").read_text())
        with Image.open(job["image"]) as image:
            image.load()
            assert image.size == (job["width"], job["height"]) == (facts["image"]["width"], facts["image"]["height"])
            assert facts["image"]["sha256"] == job["sha256"]
    _has_a_receipt_of(Path(jobs[0]["image"]).parent, jobs=24, credits_=55.5)


def test_a_finished_manifest_is_not_paid_again_unless_it_is_asked_for(person: Person, company: Company) -> None:
    small = _manifest(person, prompts=["a fox", "an owl"])

    first = person.does("run", small, "--yes", "--json")
    second = person.does("run", small, "--yes", "--json")
    again = person.does("run", small, "--yes", "--json", "--again")

    assert (first.code, second.code, again.code) == (0, 0, 0)
    assert first.json["batch"] == second.json["batch"] != again.json["batch"]
    assert company.books()["accepted"] == 4


def test_submit_writes_and_a_worker_carries_out(person: Person, company: Company) -> None:
    small = _manifest(person, prompts=["a fox", "an owl"])
    batch = person.does("submit", small, "--yes", "--json").json["batch"]
    assert company.books()["accepted"] == 0

    worker = person.start("worker")
    company.wait_for(lambda books: books["downloads"] == 2)
    while person.does("status", batch, "--json").json["state"] != "done":
        pass
    folder = person.folder / "images" / batch
    while not (folder / "report.html").exists():  # nobody waits for it but we
        time.sleep(0.1)
    worker.terminate()
    worker.communicate(timeout=20)

    assert worker.returncode == 0
    status = person.does("status", batch, "--json").json
    assert status["jobs"]["done"] == 2
    assert status["cost"] == {"credits": 5, "usd": 0.05}
    assert status["output_megapixels"] == 2 * 256 * 256 / 1_000_000
    _has_a_receipt_of(folder, jobs=2, credits_=5)


def test_two_workers_share_the_slots_and_never_the_jobs(person: Person, company: Company) -> None:
    many = _manifest(person, prompts=[f"scene {number}" for number in range(60)])
    batch = person.does("submit", many, "--yes", "--json").json["batch"]

    workers = [person.start("worker") for _ in range(2)]
    company.wait_for(lambda books: books["downloads"] == 60)
    while person.does("status", batch, "--json").json["state"] != "done":
        pass
    for worker in workers:
        worker.terminate()
    for worker in workers:
        worker.communicate(timeout=20)

    books = company.books()
    assert (books["accepted"], books["accepted_by_body"]["accepted_more_than_once"]) == (60, 0)
    assert (books["peak_active"]["standard"], books["refused_429"]) == (24, 0)


def test_without_a_terminal_the_bill_needs_a_yes(person: Person, company: Company) -> None:
    done = person.does("run", _manifest(person, prompts=["a fox"]))

    assert done.code == 2
    assert "--yes" in done.err
    assert company.books()["accepted"] == 0


def test_the_key_is_in_no_file(person: Person) -> None:
    person.env["BFL_API_KEY"] = secret = "a-very-secret-key"
    person.does("run", _manifest(person, prompts=["a fox"]), "--yes")

    for file in person.folder.rglob("*"):
        assert not file.is_file() or secret.encode() not in file.read_bytes(), file


def _has_a_receipt_of(folder: Path, *, jobs: int, credits_: float) -> None:
    """Page, JSON and a line per job lie beside the pictures, and say the same."""
    told = json.loads((folder / "report.json").read_text())
    lines = list(csv.DictReader((folder / "jobs.csv").read_text().splitlines()))
    assert len(lines) == told["total"] == jobs
    assert told["cost"]["credits"] == sum(float(line["credits"] or 0) for line in lines) == credits_
    assert hashlib.sha256(told["manifest"]["text"].encode()).hexdigest() == told["manifest"]["sha256"]
    for line in lines:
        assert (line["state"] == "done") == bool(line["file"])
        if line["file"]:
            assert hashlib.sha256((folder / line["file"]).read_bytes()).hexdigest() == line["sha256"]
    assert folder.name in (folder / "report.html").read_text()


def _manifest(person: Person, *, prompts: list[str]) -> Path:
    file = person.folder / "small.yaml"
    head = "version: 1\nname: small\nmodel: flux-dev\nparams: {width: 256, height: 256}\nprompts:\n"
    file.write_text(head + "".join(f"  - {prompt}\n" for prompt in prompts))
    return file
