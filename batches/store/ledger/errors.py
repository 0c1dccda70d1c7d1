"""The database's errors, by what the caller should do. Nothing of the driver passes this door.

LedgerError         the database cannot be used: mend it, nothing was written
└── LedgerFull      no room left on its disk
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batches.errors import FluxbatchError

if TYPE_CHECKING:
    from sqlalchemy.exc import SQLAlchemyError


class LedgerError(FluxbatchError):
    """The ledger cannot be read or written."""


class LedgerFull(LedgerError):
    """The disk under the ledger is full."""


_CURES = (
    (
        "is full",
        LedgerFull,
        "Free some disk space and run the same command again: it goes on where it stopped.",
    ),
    ("no space left", LedgerFull, "Free some disk space and run the same command again."),
    ("disk i/o error", LedgerError, "Check the disk under FLUXBATCH_HOME, then run the same command again."),
    ("locked", LedgerError, "Another program holds the database. Close it and run the same command again."),
    ("not a database", LedgerError, "Point FLUXBATCH_LEDGER_URL at a ledger, or move that file away."),
    ("malformed", LedgerError, "Restore the file from a copy, or move it away to begin a new ledger."),
    (
        "unable to open",
        LedgerError,
        "Check that the folder exists and may be written, or set FLUXBATCH_HOME.",
    ),
    ("readonly", LedgerError, "Make the file writable, or set FLUXBATCH_HOME to a folder of yours."),
    ("connection refused", LedgerError, "Start the database server, or correct FLUXBATCH_LEDGER_URL."),
)


def translated(error: SQLAlchemyError, where: str) -> LedgerError:
    """The same fact in our words: what happened, to which ledger, and the cure."""
    said = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    for sign, kind, cure in _CURES:
        if sign in said.lower():
            return kind(f"The ledger {where} cannot be used: {said}.", cure=cure)
    return LedgerError(f"The ledger {where} answered with an error: {said}.", cure="`fluxbatch doctor` looks closer.")
