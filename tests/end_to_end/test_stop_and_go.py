"""Killed, cut off and out of room: the same command goes on, and nothing is paid twice."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.broker import Broker
from tests.end_to_end.people import HELLO, child, stop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.end_to_end.people import Company, Person


def finishes_and_adds_up(person: Person, company: Company) -> None:
    """Run the manifest to its end; our bill and the company's books agree, and every body was taken once."""
    done = person.does("run", HELLO, "--yes", "--json")
    assert done.code == 3, done.err
    books = company.books()
    assert done.json["jobs"]["done"] == 23, done.err
    assert done.json["cost"]["credits"] == books["billed_credits"]
    assert books["accepted_by_body"]["accepted_more_than_once"] == 0


@pytest.mark.parametrize("accepted", [1, 24])
def test_after_ctrl_c_the_same_command_finishes(person: Person, company: Company, accepted: int) -> None:
    run = person.start("run", HELLO, "--yes")
    company.wait_for(lambda books: books["accepted"] >= accepted)
    ended = stop(run, signal.SIGINT)

    assert ended.code == 130
    assert "goes on from here" in ended.err
    assert person.left_behind() == []
    finishes_and_adds_up(person, company)


def test_a_second_ctrl_c_does_not_wait_and_the_same_command_finishes(person: Person, company: Company) -> None:
    run = person.start("run", HELLO, "--yes")
    company.wait_for(lambda books: books["accepted"] >= 24)
    run.send_signal(signal.SIGINT)
    assert run.stderr is not None
    while "Ctrl-C again leaves at once" not in run.stderr.readline():
        assert run.poll() is None
    ended = stop(run, signal.SIGINT)

    assert ended.code == 130
    assert "The same command goes on from here." in ended.err
    assert person.left_behind() == []
    finishes_and_adds_up(person, company)


@pytest.mark.parametrize("accepted", [0, 12])
def test_after_a_kill_nothing_is_left_behind_and_the_same_command_finishes(
    person: Person, company: Company, accepted: int
) -> None:
    run = person.start("run", HELLO, "--yes")
    company.wait_for(lambda books: books["accepted"] >= accepted)
    assert stop(run, signal.SIGKILL).code == -signal.SIGKILL

    finishes_and_adds_up(person, company)  # at once, while the old worker may still be leaving
    assert person.left_behind() == []


def test_after_a_kill_of_the_worker_too_all_tickets_are_taken_up(person: Person, company: Company) -> None:
    run = person.start("run", HELLO, "--yes")
    company.wait_for(lambda books: books["accepted"] == 24)
    time.sleep(0.3)  # the last answers reach the ledger
    worker = child(run.pid, "worker")
    stop(run, signal.SIGKILL)
    os.kill(worker, signal.SIGKILL)

    finishes_and_adds_up(person, company)


def test_a_submission_whose_answer_was_lost_is_held_and_not_paid_again(person: Person, company: Company) -> None:
    company.spoil({"effect": "lost", "on": "submit", "word": "fox", "times": 1})

    for _ in range(2):  # the second time nothing is left to do
        done = person.does("run", HELLO, "--yes", "--json")
        assert done.code == 3, done.err
        assert (done.json["jobs"]["done"], done.json["jobs"]["unsure"]) == (22, 1)
        assert done.json["at_risk"]["credits"] == 1.4
        assert "1.4 credits ($0.014) at risk" in done.err
    books = company.books()
    assert (books["accepted"], books["accepted_by_body"]["accepted_more_than_once"]) == (24, 0)


@pytest.fixture
def broker(person: Person) -> Iterator[Broker]:
    """A broker of the person's own, which is configured and not embedded."""
    own = Broker(person.folder / "own.sock")
    person.env["FLUXBATCH_BROKER_URL"] = own.url
    own.start()
    yield own
    own.kill()


def test_a_flushed_broker_loses_nothing(person: Person, company: Company, broker: Broker) -> None:
    run = person.start("run", HELLO, "--yes")
    for sign in ("accepted", "downloads"):
        company.wait_for(lambda books, sign=sign: books[sign] >= 1)
        broker.flush()
    run.communicate(timeout=60)

    assert run.returncode == 3
    finishes_and_adds_up(person, company)


def test_a_broker_that_is_killed_and_comes_back_loses_nothing(person: Person, company: Company, broker: Broker) -> None:
    run = person.start("run", HELLO, "--yes")
    company.wait_for(lambda books: books["accepted"] >= 8)
    broker.kill()
    time.sleep(1)
    broker.start()
    _, err = run.communicate(timeout=90)

    assert run.returncode == 3, err
    finishes_and_adds_up(person, company)


def test_a_disk_that_is_too_small_for_the_pictures_is_told_and_loses_nothing(
    person: Person, company: Company, disk: Path
) -> None:
    fill(disk, leave=100_000)
    person.env["FLUXBATCH_IMAGES_URL"] = str(disk / "images")

    full = person.does("run", HELLO, "--yes")
    assert (full.code, "is full" in full.err, "Traceback" in full.err) == (6, True, False), full.err

    (disk / "filler").unlink()
    finishes_and_adds_up(person, company)


def test_a_disk_that_fills_up_under_the_ledger_is_told_and_loses_nothing(
    person: Person, company: Company, disk: Path
) -> None:
    person.env["FLUXBATCH_HOME"] = str(disk / "home")

    run = person.start("run", HELLO, "--yes")
    company.wait_for(lambda books: books["accepted"] >= 1)
    fill(disk)
    _, err = run.communicate(timeout=60)
    assert (run.returncode, "is full" in err, "Traceback" in err) == (6, True, False), err

    (disk / "filler").unlink()
    finishes_and_adds_up(person, company)


@pytest.fixture
def disk(person: Person) -> Iterator[Path]:
    """A small disk of its own."""
    place = person.folder / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    yield place
    person.left_behind()
    subprocess.run(["umount", str(place)], check=True)


def fill(disk: Path, *, leave: int = 0) -> None:
    """Use up the disk but for so many bytes."""
    with (disk / "filler").open("wb", buffering=0) as filler:
        with contextlib.suppress(OSError):
            while True:
                filler.write(bytes(4096))
        filler.truncate(filler.tell() - leave)
