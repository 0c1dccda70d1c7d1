"""Killed, cut off and out of room: the same command goes on, and nothing is paid twice."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.people import HELLO, child, stop
from workers.broker import connect
from workers.embedded.broker import server_binary
from workers.errors import BrokerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.end_to_end.people import Company, Person


class Broker:
    """A Redis-compatible server that is started and killed at will."""

    def __init__(self, socket: Path) -> None:
        self.url = f"unix://{socket}"
        options = {"--port": "0", "--unixsocket": str(socket), "--save": "", "--dir": str(socket.parent)}
        self._command = [server_binary(), *(word for pair in options.items() for word in pair)]

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        while True:
            try:
                connect(self.url).close()
            except BrokerError:
                time.sleep(0.02)
            else:
                return

    def kill(self) -> None:
        """End it without a word."""
        self._process.kill()
        self._process.wait()


def finishes_and_adds_up(person: Person, company: Company) -> None:
    """Run the manifest to its end; our bill and the company's books agree, and every body was taken once."""
    done = person.does("run", HELLO, "--yes", "--json")
    assert done.code == 3, done.err
    books = company.books()
    assert done.json["jobs"]["done"] == 23
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
        with connect(broker.url) as redis:
            redis.flushall()
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


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
@pytest.mark.parametrize(
    ("place", "megabytes", "filler"),
    [
        ("FLUXBATCH_IMAGES_URL", 1, 0.8),  # pictures find no room
        ("FLUXBATCH_HOME", 6, 1.2),  # the ledger finds none, 4 MB of it being ballast
    ],
)
def test_a_full_disk_is_told_and_loses_nothing(
    person: Person, company: Company, place: str, megabytes: float, filler: float
) -> None:
    disk = person.folder / "disk"
    disk.mkdir()
    _mount(disk, megabytes)
    try:
        (disk / "filler").write_bytes(bytes(int(filler * 1_000_000)))
        person.env[place] = str(disk / "room")
        full = person.does("run", HELLO, "--yes")
        assert full.code == 6, full.err
        assert "full" in full.err
        assert "Traceback" not in full.err

        subprocess.run(["mount", "-o", "remount,size=100m", str(disk)], check=True)
        finishes_and_adds_up(person, company)
    finally:
        person.left_behind()
        subprocess.run(["umount", str(disk)], check=True)


def _mount(disk: Path, megabytes: float) -> None:
    size = f"size={int(megabytes * 1024)}k"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(disk)], check=False)
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
