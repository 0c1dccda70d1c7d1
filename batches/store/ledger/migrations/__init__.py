"""Brings a database to the newest schema, by itself, in one transaction.

A ledger that is up to date costs one SELECT: Alembic is imported only when there is something to do.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from batches.store.ledger.errors import LedgerError

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

    from batches.store.ledger.doors import Doors

NEWEST = "0001_first"
"""The revision this program was written for."""


def upgrade(doors: Doors) -> None:
    """Create or upgrade the tables. A schema from a newer program is refused rather than damaged."""
    with doors.read.open() as connection:
        if revision(connection) == NEWEST:
            return
    with doors.flush.open() as connection:
        _migrate(connection)


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.util.exc import CommandError

    here = revision(connection)
    try:
        command.upgrade(config(connection), NEWEST)
    except CommandError as error:
        raise LedgerError(
            f"The ledger's schema is at revision {here}, which this version of fluxbatch does not know.",
            cure="Use the fluxbatch that wrote it, or set FLUXBATCH_HOME to a new folder.",
        ) from error


def config(connection: Connection) -> Config:
    """Alembic's configuration, in code: the scripts lie beside this file and use the given connection."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings


def revision(connection: Connection) -> str | None:
    """Which schema the database has; None where it has none of ours."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
