"""A budget of the day holds over several batches, people are told, and all goes on when it is raised in the file."""

from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING

from tests.end_to_end.people import stop
from tests.workers.notices.conftest import Receiver

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.end_to_end.people import Company, Person

CREDITS_EACH = 2.5
JOBS = 8


def test_a_day_budget_pauses_is_raised_in_the_file_and_the_batches_go_on(person: Person, company: Company) -> None:
    with Receiver() as receiver:
        write(person, receiver, credits_=20)
        batches = [submit(person, name) for name in ("cats", "dogs")]
        worker = person.start("worker")
        wait_for(lambda: "paused" in [status(person, batch)["state"] for batch in batches])
        wait_for(lambda: company.books()["accepted"] == company.books()["downloads"])
        assert company.books()["billed_credits"] == 20, "to the credit"
        assert "under the cap of 20 credits a day of the budget day" in person.does("status").out
        wait_for(lambda: any(b'"threshold"' in body for _, body in receiver.heard))

        write(person, receiver, credits_=100)
        watcher = person.start("watch", batches[0])
        wait_for(lambda: [status(person, batch)["state"] for batch in batches] == ["done", "done"])
        assert watcher.wait(timeout=20) == 0
        assert company.books()["billed_credits"] == 2 * JOBS * CREDITS_EACH
        worker.terminate()
        worker.communicate(timeout=30)
        told = [json.loads(body) for _, body in receiver.heard]
    assert sorted(one["batch"] for one in told if one["event"] == "finish") == sorted(batches)
    assert {one["batch"] for one in told if one["event"] == "pause"} <= set(batches)
    thresholds = [
        (one["figures"]["cap"]["credits"], one["figures"]["percent"]) for one in told if one["event"] == "threshold"
    ]
    assert (20, 100) in thresholds
    assert len(thresholds) == len(set(thresholds)), "each is told once"


def test_who_stops_watching_stops_nothing_else(person: Person, company: Company) -> None:
    batch = submit(person, "cats")
    worker = person.start("worker")
    watcher = person.start("watch", batch)
    company.wait_for(lambda books: books["accepted"] >= 1)
    left = stop(watcher, signal.SIGINT)
    assert (left.code, f"{batch} goes on without anybody watching." in left.err) == (130, True)
    wait_for(lambda: status(person, batch)["state"] == "done")
    worker.terminate()
    worker.communicate(timeout=30)


def write(person: Person, receiver: Receiver, credits_: int) -> None:
    """fluxbatch.toml, replaced in one go as editors do."""
    new = person.folder / "new.toml"
    new.write_text(
        f'[[budgets]]\nname = "day"\nper = "day"\ncredits = {credits_}\n'
        f'[notify]\nurl = "{receiver.url}"\non = ["threshold", "pause", "finish"]\n'
    )
    new.replace(person.folder / "fluxbatch.toml")


def submit(person: Person, name: str) -> str:
    file = person.folder / f"{name}.yaml"
    prompts = "".join(f"  - {name} number {number}\n" for number in range(JOBS))
    file.write_text(
        f"version: 1\nname: {name}\nmodel: flux-dev\nparams: {{width: 256, height: 256}}\nprompts:\n{prompts}"
    )
    return str(person.does("submit", file, "--yes", "--json").json["batch"])


def status(person: Person, batch: str) -> dict[str, object]:
    return person.does("status", batch, "--json").json


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.1)
