"""A person steers a batch while a worker carries it out, and the bill stays right."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.people import Company, Person

CREDITS_EACH = 2.5


def test_what_bfl_has_begun_is_kept_and_billed_and_the_rest_is_cancelled_and_free(
    person: Person, company: Company
) -> None:
    batch = person.does("submit", scenes(person, 60), "--yes", "--json").json["batch"]
    worker = person.start("worker")
    company.wait_for(lambda books: books["accepted"] >= 24)

    cancelled = person.does("cancel", batch, "--json")
    assert cancelled.code == 0, cancelled.err
    while person.does("status", batch, "--json").json["state"] != "done":
        pass
    worker.terminate()
    worker.communicate(timeout=20)

    report, books = person.does("report", batch, "--json").json, company.books()
    kept, free = report["jobs"]["done"], report["jobs"]["cancelled"]
    assert kept + free == report["total"] == 60
    assert kept == report["images"] == books["accepted"] == books["downloads"] < 60
    assert free >= cancelled.json["taken_back"] > 0
    assert report["cost"]["credits"] == books["billed_credits"] == kept * CREDITS_EACH
    assert report["reserved"]["credits"] == report["at_risk"]["credits"] == 0

    assert person.does("retry", batch, "--yes", "--json").json["put_back"] == free
    done = person.does("run", scenes(person, 60), "--yes", "--json")
    assert (done.code, done.json["images"]) == (0, 60), done.err
    assert company.books()["accepted_by_body"]["accepted_more_than_once"] == 0


def test_jobs_that_failed_are_tried_again_when_the_cause_is_mended(person: Person, company: Company) -> None:
    manifest = scenes(person, 4, "gore")
    company.spoil({"effect": "status", "on": "submit", "status": 422, "word": "scene"})
    first = person.does("run", manifest, "--yes", "--json")
    assert (first.code, first.json["jobs"]["failed"], first.json["jobs"]["moderated"]) == (3, 4, 1), first.err

    company.mend()
    again = person.does("retry", "scenes", "--only", "failed", "--only", "moderated", "--yes", "--json")
    assert (again.code, again.json["put_back"], again.json["state"]) == (0, 5, "running"), again.err
    done = person.does("run", manifest, "--yes", "--json")

    assert (done.code, done.json["images"], done.json["jobs"]["moderated"]) == (3, 4, 1), "BFL thinks as before"
    assert done.json["cost"]["credits"] == company.books()["billed_credits"] == 4 * CREDITS_EACH


def scenes(person: Person, count: int, *more: str) -> Path:
    file = person.folder / "scenes.yaml"
    prompts = [f"scene {number}" for number in range(count)] + list(more)
    head = "version: 1\nname: scenes\nmodel: flux-dev\nparams: {width: 256, height: 256}\nprompts:\n"
    file.write_text(head + "".join(f"  - {prompt}\n" for prompt in prompts))
    return file
