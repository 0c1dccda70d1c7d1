"""The ledger: batches, jobs, attempts and charges. The only SQL, and the only place where a state changes.

`Ledger` has the two doors, `read` and `write`; each module has the statements of one concern and takes the
transaction a door gives:

    survey       what submitting a plan would come to
    submitting   a plan becomes a batch, or adds to one
    feeding      what the dispatcher does to many jobs at once
    steering     a person pauses, resumes or cancels a batch
    retrying     a person has jobs tried again
    quarantine   jobs that take their workers down
    moves        what a worker does to one job
    charges      lines of money
    presence     workers
    stops        accounts and lanes that rest
    limits       what a person changes while it runs, and who has a slot
    standing     questions
    histories    one job with all that happened to it
    tempo        what came to its end of late
    learnt       what finished jobs teach
"""

from __future__ import annotations

from batches.store.ledger.errors import LedgerError, LedgerFull
from batches.store.ledger.ledger import Ledger, is_there

__all__ = ["Ledger", "LedgerError", "LedgerFull", "is_there"]
