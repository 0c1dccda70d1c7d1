"""The ledger: batches, jobs, attempts and charges. The only SQL, and the only place where a state changes.

`Ledger` has the two doors, `read` and `write`; each module has the statements of one concern and takes the
transaction a door gives:

    survey       what submitting a plan would come to
    submitting   a plan becomes a batch, or adds to one
    feeding      what the dispatcher does to many jobs at once
    steering     a person pauses, resumes or cancels a batch
    retrying     a person has jobs tried again
    moves        what a worker does to one job
    charges      lines of money
    presence     workers and stops
    standing     questions
    learnt       what finished jobs teach
"""

from __future__ import annotations

from batches.store.ledger.errors import LedgerError, LedgerFull
from batches.store.ledger.ledger import Ledger, is_there

__all__ = ["Ledger", "LedgerError", "LedgerFull", "is_there"]
