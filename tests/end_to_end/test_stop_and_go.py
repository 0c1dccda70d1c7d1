"""Killed, cut off and out of room: the same command goes on, and nothing is paid twice."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.people import HELLO, stop
from workers.broker import connect
from workers.errors import BrokerError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.people import Company, Person


def finishes_and_adds_up(person: Person, company: Company) -> None:
    """Run the manifest to its end; our bill and the company's books agree, and every body was taken once."""
    done = person.does("run", HELLO, "--yes", "--json")
    assert done.code == 3, done.err
    books = company.books()
    assert done.json["jobs"]["done"] == 23
    assert done.json["cost"]["credits"] == books["billed_credits"]
    assert books["accepted_by_body"]["accepted_more_than_once"] == 0


@pytest.mark.parametrize("accepted", [1, 12, 24])
def test_after_ctrl_c_the_same_command_finishes(person: Person, company: Company, accepted: int) -> None:
    run = person.start("run", HELLO, "--yes")
    company.wait_for(lambda books: books["accepted"] >= accepted)
    ended = stop(run, signal.SIGINT)

    assert ended.code == 130
    assert "goes on from here" in ended.err
    assert person.left_behind() == []
    finishes_and_adds_up(person, company)


@pytest.mark.parametrize("accepted", [0, 12, 24])
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
    worker = _child(run.pid, "worker")
    stop(run, signal.SIGKILL)
    os.kill(worker, signal.SIGKILL)

    finishes_and_adds_up(person, company)


def test_a_flushed_broker_loses_nothing(person: Person, company: Company) -> None:
    run = person.start("run", HELLO, "--yes", "--json")
    for accepted in (1, 10, 20):
        company.wait_for(lambda books, enough=accepted: books["accepted"] >= enough)
        with connect(f"unix://{person.folder}/.fluxbatch/broker/broker.sock") as redis:
            redis.flushall()
    run.communicate(timeout=60)

    assert run.returncode == 3
    finishes_and_adds_up(person, company)


def test_a_broker_that_is_killed_and_comes_back_loses_nothing(person: Person, company: Company, tmp_path: Path) -> None:
    person.env["FLUXBATCH_BROKER_URL"] = f"unix://{tmp_path}/own.sock"
    broker = _broker(tmp_path)
    run = person.start("run", HELLO, "--yes", "--json")
    company.wait_for(lambda books: books["accepted"] >= 8)
    broker.kill()
    broker.wait()
    time.sleep(1)
    broker = _broker(tmp_path)
    out, err = run.communicate(timeout=90)
    broker.terminate()
    broker.wait()

    assert run.returncode == 3, err
    assert company.books()["accepted_by_body"]["accepted_more_than_once"] == 0
    assert '"done": 23' in out


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


def _broker(folder: Path) -> subprocess.Popen[bytes]:
    from workers.embedded.broker import server_binary

    words = [server_binary(), "--port", "0", "--unixsocket", f"{folder}/own.sock", "--save", "", "--dir", str(folder)]
    broker = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    while True:
        try:
            connect(f"unix://{folder}/own.sock").close()
        except BrokerError:
            time.sleep(0.02)
        else:
            return broker


def _child(parent: int, verb: str) -> int:
    found = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(parent)], capture_output=True, text=True, check=True
    ).stdout
    return next(int(line.split()[0]) for line in found.splitlines() if f"console {verb}" in line)
