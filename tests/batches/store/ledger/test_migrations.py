"""The schema as it is declared and the schema as it grew are one."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from batches.store.ledger import Ledger, LedgerError
from batches.store.ledger.migrations import NEWEST, config
from batches.store.ledger.schema import metadata

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

OPENER = """
import sys
from batches.store.ledger import Ledger
print("ready", flush=True)
sys.stdin.readline()
Ledger(sys.argv[1]).close()
"""


def laid_out(connection: Connection) -> set[tuple[str, ...]]:
    """Every table, index and trigger with the lines that made it; in which order they stand says nothing."""
    rows = connection.execute(text("SELECT type, name, sql FROM sqlite_master WHERE tbl_name <> 'alembic_version'"))
    return {(kind, name, *sorted(line.strip(" \t,") for line in (sql or "").splitlines())) for kind, name, sql in rows}


def test_the_migrations_lead_to_the_schema_that_is_declared(ledger: Ledger, tmp_path: Path) -> None:
    declared = create_engine(f"sqlite:///{tmp_path / 'declared.db'}")
    metadata.create_all(declared)
    with ledger.read() as grown, declared.connect() as connection:
        assert laid_out(grown) == laid_out(connection)
    declared.dispose()


def test_alembic_finds_nothing_to_add(ledger: Ledger) -> None:
    with ledger.read() as tx:
        assert compare_metadata(MigrationContext.configure(tx), metadata) == []


def test_the_program_knows_the_newest_migration(ledger: Ledger) -> None:
    with ledger.read() as tx:
        assert ScriptDirectory.from_config(config(tx)).get_current_head() == NEWEST
        assert tx.scalar(text("SELECT version_num FROM alembic_version")) == NEWEST


def test_a_ledger_that_is_up_to_date_is_opened_as_it_is(ledger: Ledger, url: str) -> None:
    with ledger.write() as tx:
        tx.execute(text("INSERT INTO troubles VALUES ('main', 'standard', 1, 0)"))
    with Ledger(url) as again, again.read() as tx:
        assert tx.scalar(text("SELECT count(*) FROM troubles")) == 1


def test_processes_that_open_a_new_ledger_at_once_all_succeed(url: str) -> None:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    openers = [subprocess.Popen([sys.executable, "-c", OPENER, url], **pipes) for _ in range(4)]
    for opener in openers:
        assert opener.stdout.readline() == "ready\n"
    for opener in openers:
        opener.stdin.write("go\n")
        opener.stdin.flush()
    ends = [opener.communicate(timeout=60) for opener in openers]
    assert [(opener.returncode, error) for opener, (_, error) in zip(openers, ends, strict=True)] == 4 * [(0, "")]


def test_a_schema_from_a_newer_program_is_refused_and_left_as_it_is(ledger: Ledger, url: str) -> None:
    with ledger.write() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(LedgerError, match="revision 9999") as refused:
        Ledger(url)
    assert "the fluxbatch that wrote it" in refused.value.cure
    with ledger.read() as tx:
        assert tx.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
