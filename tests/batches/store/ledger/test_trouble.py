"""Whatever is wrong with the database, a person reads what happened and how to mend it, and no row is lost."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from batches.errors import FluxbatchError, SettingError
from batches.store.ledger import Ledger, LedgerError, LedgerFull, doors, standing
from batches.store.ledger.errors import translated
from batches.store.ledger.states import State
from tests.batches.store.ledger.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sqlalchemy import Connection

    Door = Callable[[Ledger], AbstractContextManager[Connection]]

MEGABYTE = 1 << 20
FOREIGN_WORDS = re.compile(r"sqlalchemy|sqlite3|psycopg\.|SQLITE_|[a-z]Error|\[SQL")

both_doors = pytest.mark.parametrize("door", [Ledger.read, Ledger.write], ids=["read", "write"])


def reads_well(error: FluxbatchError) -> None:
    assert error.cure, "there is a way out"
    assert not FOREIGN_WORDS.search(str(error)), str(error)
    assert "\n" not in error.message


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of twenty megabytes: room for the ballast and little more."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={20 * MEGABYTE}", "tmpfs", str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("only root can mount a disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


class TestOpening:
    """What can be wrong with the address, the folder or the file."""

    @pytest.mark.parametrize(
        ("address", "begins"),
        [
            ("", ""),
            ("ledger.db", "ledger.db"),  # a path is not an address
            ("sqllite:///ledger.db", "sqllite"),  # misspelt
            ("mysql://me:secret@host/db", "mysql"),  # not supported
            ("postgresql+nodriver://me:secret@host/db", "postgresql+nodriver"),  # not installed
            ("postgresql://me:secret@host:port/db", "postgresql"),  # a port is a number
        ],
    )
    def test_an_address_that_names_no_database(self, address: str, begins: str) -> None:
        with pytest.raises(SettingError, match="FLUXBATCH_LEDGER_URL") as refused:
            Ledger(address)
        reads_well(refused.value)
        assert repr(begins) in refused.value.message
        assert "secret" not in str(refused.value)

    def test_a_folder_that_cannot_be_made(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(LedgerError, match=r"file for the ledger cannot be made") as refused:
            Ledger(f"sqlite:///{tmp_path}/file/ledger.db")
        reads_well(refused.value)

    def test_a_folder_where_the_file_should_be(self, tmp_path: Path) -> None:
        with pytest.raises(LedgerError, match="unable to open") as refused:
            Ledger(f"sqlite:///{tmp_path}")
        reads_well(refused.value)

    def test_a_file_that_is_something_else_is_left_as_it_is(self, tmp_path: Path) -> None:
        path = tmp_path / "ledger.db"
        path.write_bytes(b"my diary, page one\n" * 100)
        with pytest.raises(LedgerError, match="not a database") as refused:
            Ledger(f"sqlite:///{path}")
        reads_well(refused.value)
        assert path.read_bytes() == b"my diary, page one\n" * 100

    def test_a_folder_is_made_with_all_above_it(self, tmp_path: Path) -> None:
        Ledger(f"sqlite:///{tmp_path}/new/home/ledger.db").close()
        assert (tmp_path / "new/home/ledger.db").exists()


class TestThroughBothDoors:
    """Reading or writing, nothing of the driver comes out."""

    @both_doors
    def test_a_file_that_was_damaged(self, door: Door, url: str) -> None:
        with Ledger(url) as ledger:
            World(ledger).submit(100)
        with open(url.removeprefix("sqlite:///"), "r+b") as file:  # noqa: PTH123  # written over in place
            file.seek(4096)
            file.write(b"\xff" * 100_000)
        with pytest.raises(LedgerError) as refused, Ledger(url) as damaged, door(damaged) as tx:
            tx.execute(text("SELECT * FROM jobs")).all()
        reads_well(refused.value)

    @both_doors
    def test_a_question_that_makes_no_sense(self, door: Door, world: World) -> None:
        with pytest.raises(LedgerError, match="no such table") as refused, door(world.ledger) as tx:
            tx.execute(text("SELECT * FROM nowhere"))
        reads_well(refused.value)

    @both_doors
    def test_a_database_that_may_not_be_written(self, door: Door, world: World) -> None:
        def change(tx: Connection) -> None:
            tx.execute(text("PRAGMA query_only = ON"))
            tx.execute(text("UPDATE workers SET pid = 2"))

        with pytest.raises(LedgerError, match="readonly") as refused, door(world.ledger) as tx:
            change(tx)
        reads_well(refused.value)

    def test_a_writer_that_another_program_keeps_waiting(self, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(doors, "BUSY_SECONDS", 0.05)
        with Ledger(url) as ledger:
            world = World(ledger)
            other = sqlite3.connect(url.removeprefix("sqlite:///"))
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(LedgerError, match="locked") as refused:
                world.submit()
            reads_well(refused.value)
            assert world.ask(standing.list_batches) == [], "who only reads does not wait"
            other.close()
            assert world.standing(world.submit()).total == 1

    def test_a_reader_that_another_program_locks_out(self, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(doors, "BUSY_SECONDS", 0.05)
        Ledger(url).close()
        other = sqlite3.connect(url.removeprefix("sqlite:///"))
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LedgerError, match="locked") as refused:
            Ledger(url)
        reads_well(refused.value)
        other.close()


class TestAFullDisk:
    """What was written stays, what does not fit leaves no trace, and with room again it goes on."""

    def test_a_transaction_that_does_not_fit_leaves_no_trace(self, world: World) -> None:
        world.submit(10)
        before = world.everything()

        def fill(tx: Connection) -> None:
            tx.execute(text("PRAGMA max_page_count = 1"))  # no larger than it is
            for number in range(1000):
                tx.execute(text(f"INSERT INTO workers VALUES ('{number}', '{'x' * 1000}', 1, 0, 0, 0, 0)"))

        with pytest.raises(LedgerFull) as full:
            world.do(fill)
        reads_well(full.value)
        assert world.everything() == before

    def test_a_disk_that_fills_up(self, tiny_disk: Path) -> None:
        others = fill_up(tiny_disk, leave=MEGABYTE // 2)
        with Ledger(f"sqlite:///{tiny_disk}/ledger.db") as ledger:
            world = World(ledger)
            first = world.submit(10)
            with pytest.raises(LedgerFull) as full:
                world.submit(2000, name="too much")
            reads_well(full.value)
            assert world.standing(first).total == 10
            assert [batch.name for batch in world.ask(standing.list_batches)] == ["hello"]
            others.unlink()
            assert world.standing(world.submit(100, name="second")).total == 100

    def test_tickets_on_their_way_still_find_room(self, tiny_disk: Path) -> None:
        with Ledger(f"sqlite:///{tiny_disk}/ledger.db") as ledger:
            world = World(ledger)
            batch_id = world.submit(24)
            on_their_way = [world.carry(world.claim(job_id), State.SUBMITTING) for job_id in world.call()]
            fill_up(tiny_disk, leave=0)
            with pytest.raises(LedgerFull):
                world.submit(2000, name="too much")
            assert all(world.accept(job) for job in on_their_way)
            assert world.standing(batch_id).jobs == {State.RENDERING: 24}


def fill_up(disk: Path, *, leave: int) -> Path:
    """Somebody else's file, which leaves this many bytes."""
    others = disk / "others"
    others.write_bytes(bytes(shutil.disk_usage(disk).free - leave))
    return others


@pytest.mark.parametrize(
    ("said", "kind", "cure"),
    [
        ("database or disk is full", LedgerFull, "Free some disk space"),
        ("could not extend file: No space left on device", LedgerFull, "Free some disk space"),
        ("disk I/O error", LedgerError, "Check the disk"),
        ("connection failed: Connection refused\n\tIs the server running?", LedgerError, "Start the database server"),
        ("the moon is in the wrong house", LedgerError, "doctor"),
    ],
)
def test_what_a_database_says_is_told_with_a_cure(said: str, kind: type[LedgerError], cure: str) -> None:
    error = translated(OperationalError("SELECT 1", {}, Exception(said)), "here")
    assert type(error) is kind
    assert cure in error.cure
    reads_well(error)


def test_a_block_that_fails_for_its_own_reasons_is_undone_and_its_error_is_its_own(world: World) -> None:
    before = world.everything()

    def half_way(tx: Connection) -> None:
        tx.execute(text("UPDATE workers SET pid = 2"))
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        world.do(half_way)
    assert world.everything() == before
