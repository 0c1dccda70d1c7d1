"""The tables of the ledger and the laws the database itself keeps.

Times are seconds since the epoch. Money is micro-credits. Megapixels reported by BFL are kept as given, in
millionths (`input_micro_mp`). NULL in a money column means unknown, never zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)

from batches.store.ledger.laws import LAWS_OF_CHARGES
from batches.store.ledger.names import Names
from batches.store.ledger.states import State

if TYPE_CHECKING:
    from collections.abc import Sequence

WHOLE_SUMS = (
    *("number", "images", "output_pixels", "input_pixels"),
    *("settled", "unknown", "foreseen", "estimated", "compared", "saved"),
)
"""The columns of `quarters` that count, or hold pixels or micro-credits."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column declared INTEGER PRIMARY KEY."""


def _one_of(column: str, words: Sequence[str]) -> str:
    """Spelt out, because SQLite would build the list of an IN anew for every row that it checks."""
    return " OR ".join(f"{column} = {str(word)!r}" for word in words)


batches = Table(
    "batches",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("manifest_sha256", Text, nullable=False),
    Column("accounts", Names, nullable=False),  # that pay
    Column("prices_as_of", Text, nullable=False),
    Column("prices_sha256", Text, nullable=False),
    Column("policy", JSON, nullable=False),
    Column("planned_micro_credits", BigInteger, nullable=False),  # what its plan costs, as far as prices are known
    Column("created_at", Float, nullable=False),
    Column("deadline_at", Float),  # from then on workers begin none of its jobs
    Column("approved_at", Float),  # when its canary was found good, by its bounds or by a person
    Column("whole_at", Float),  # when the last job of its first submission was written; workers begin none before
    Column("ended_at", Float),
    Column("receipt_of", Float),  # the ended_at that its receipt tells of
    Column("paused", Text),  # why workers begin none of its jobs; NULL: they may
    Column("paused_message", Text, nullable=False, server_default=""),
    Column("paused_for", BigInteger),  # micro-credits: a pause for the budget ends when so much fits under the cap
    Column("paused_by", Text),  # the budget which that is, where it is not the batch's own
    Column("paused_at", Float),
    CheckConstraint(
        _one_of("paused", ["person", "budget", "canary", "deadline", "cancelled"]) + " OR paused IS NULL", name="paused"
    ),
)
# The same manifest cannot run twice at the same time for the same accounts: it would be paid twice.
Index(
    "uq_batches_open",
    batches.c.fingerprint,
    batches.c.accounts,
    unique=True,
    sqlite_where=batches.c.ended_at.is_(None),
    postgresql_where=batches.c.ended_at.is_(None),
)

# What manifests said, by the hash of their bytes.
manifests = Table(
    "manifests",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("text", Text, nullable=False),
)

workers = Table(
    "workers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started_at", Float, nullable=False),
    Column("heartbeat_at", Float, nullable=False),
    Column("at_risk", Integer, nullable=False, server_default="0"),  # results whose links die soon, not fetched yet
    Column("left_at", Float),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("batch_id", Text, ForeignKey("batches.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("row_id", Text, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("occurrence", Integer, nullable=False),  # which time the batch asks for the same: 1 is made
    Column("copy_of", Id, ForeignKey("jobs.id")),  # the job whose picture it gets a copy of; it is not paid
    Column("account", Text),  # for which it was called last; NULL: it never was
    Column("lane", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("params", JSON, nullable=False),
    Column("labels", JSON, nullable=False),
    Column("output_name", Text, nullable=False),
    Column("estimate_micro_credits", BigInteger),
    Column("estimate_pixels", BigInteger),
    Column("input_pixels", BigInteger, nullable=False, server_default="0"),  # of the pictures to send, if measured
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("due_at", Float, nullable=False),
    Column("called_at", Float),
    Column("urgent", Boolean, nullable=False, server_default=text("false")),  # it may have a reserved slot
    Column("owner", Text, ForeignKey("workers.id")),
    Column("failures", Integer, nullable=False, server_default="0"),  # attempts spent by real failures
    Column("waits", Integer, nullable=False, server_default="0"),  # refusals in a row that cost nothing
    Column("new_seeds", Integer, nullable=False, server_default="0"),  # seeds that were tried after moderation
    Column("deaths", Integer, nullable=False, server_default="0"),  # workers that died while they were at it
    Column("changed_at", Float, nullable=False),
    Column("image_key", Text),
    Column("image_sha256", Text),
    Column("image_format", Text),
    Column("image_width", Integer),
    Column("image_height", Integer),
    Column("image_bytes", BigInteger),
    Column("image_dhash", BigInteger),  # 64 bits, signed: see batches.store.images.hashing
    Column("flags", Names, nullable=False, server_default=""),  # what looks wrong with its picture
    Column("pruned_at", Float),  # when its picture was deleted on purpose; then it has no key
    # One batch makes a thing once: what asks for it again says which time it does, and is a copy.
    UniqueConstraint("fingerprint", "batch_id", "occurrence"),
    CheckConstraint("occurrence = 1 OR copy_of IS NOT NULL", name="made_once"),
    # No two jobs of a batch have the same place or write the same file.
    UniqueConstraint("batch_id", "number"),
    UniqueConstraint("batch_id", "output_name"),
    CheckConstraint(_one_of("state", [state.value for state in State]), name="state"),
    # What somebody may have paid was called for an account.
    CheckConstraint(
        _one_of("state", [State.QUEUED, State.MODERATED, State.FAILED, State.CANCELLED]) + " OR account IS NOT NULL",
        name="has_account",
    ),
    # A finished job has its picture.
    CheckConstraint("state <> 'done' OR image_sha256 IS NOT NULL", name="done_has_image"),
)
Index("ix_jobs_due", jobs.c.batch_id, jobs.c.state, jobs.c.lane, jobs.c.due_at)
# Few pictures are flagged.
Index(
    "ix_jobs_flagged",
    jobs.c.batch_id,
    jobs.c.flags,
    sqlite_where=text("flags <> ''"),
    postgresql_where=text("flags <> ''"),
)
# Few jobs have an owner at a time, and few are copies.
for _column in (jobs.c.owner, jobs.c.copy_of):
    Index(
        f"ix_jobs_{_column.name}",
        _column,
        sqlite_where=_column.is_not(None),
        postgresql_where=_column.is_not(None),
    )

attempts = Table(
    "attempts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("job_id", Id, ForeignKey("jobs.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("account", Text, nullable=False),
    Column("started_at", Float, nullable=False),
    Column("ticket_id", Text),
    Column("polling_url", Text),
    Column("accepted_at", Float),
    Column("ended_at", Float),
    Column("outcome", Text),
    Column("message", Text, nullable=False, server_default=""),
    UniqueConstraint("job_id", "number"),
    UniqueConstraint("ticket_id"),
    CheckConstraint(
        _one_of("outcome", ["done", "refused", "failed", "moderated", "lost"]) + " OR outcome IS NULL",
        name="outcome",
    ),
)
# A job has one attempt under way at most.
Index(
    "uq_attempts_under_way",
    attempts.c.job_id,
    unique=True,
    sqlite_where=attempts.c.ended_at.is_(None),
    postgresql_where=attempts.c.ended_at.is_(None),
)
IN_VAIN = _one_of("outcome", ["failed", "moderated", "lost"])
"""Attempts that brought no picture and may have been paid: few, and reports look through all of them."""

Index("ix_attempts_in_vain", attempts.c.outcome, sqlite_where=text(IN_VAIN), postgresql_where=text(IN_VAIN))

# What was spent since a reading of the balance.
Index(
    "ix_attempts_ended",
    attempts.c.ended_at,
    sqlite_where=attempts.c.ended_at.is_not(None),
    postgresql_where=attempts.c.ended_at.is_not(None),
)

charges = Table(
    "charges",
    metadata,
    Column("id", Id, primary_key=True),
    Column("batch_id", Text, ForeignKey("batches.id"), nullable=False),
    Column("job_id", Id, ForeignKey("jobs.id"), nullable=False),
    Column("attempt_id", Id, ForeignKey("attempts.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("correction", Integer, nullable=False, server_default="0"),  # counts an attempt's corrections from 1
    Column("micro_credits", BigInteger),
    Column("input_micro_mp", BigInteger),
    Column("output_micro_mp", BigInteger),
    Column("source", Text, nullable=False),
    Column("reason", Text),  # in the words of the person who corrects
    Column("at", Float, nullable=False),
    CheckConstraint(_one_of("kind", ["reserved", "released", "reported", "settled", "corrected"]), name="kind"),
    CheckConstraint("kind = 'corrected' OR micro_credits >= 0", name="not_negative"),
    # An attempt is reserved once, reported once, settled once.
    UniqueConstraint("attempt_id", "kind", "correction"),
    CheckConstraint("(kind = 'corrected') = (correction > 0)", name="correction"),
    CheckConstraint("(kind = 'corrected') = (reason IS NOT NULL)", name="reason"),
)
# A reservation ends once: it is settled, or given back.
Index(
    "uq_charges_closed",
    charges.c.attempt_id,
    unique=True,
    sqlite_where=text("kind = 'settled' OR kind = 'released'"),
    postgresql_where=text("kind = 'settled' OR kind = 'released'"),
)
Index("ix_charges_batch", charges.c.batch_id)
IS_CORRECTION = "kind = 'corrected'"
"""Few, and reports tell of them."""

Index(
    "ix_charges_corrected",
    charges.c.attempt_id,
    sqlite_where=text(IS_CORRECTION),
    postgresql_where=text(IS_CORRECTION),
)

# Sums of jobs and charges: see batches.store.ledger.quarters.
quarters = Table(
    "quarters",
    metadata,
    Column("batch_id", Text, ForeignKey("batches.id"), primary_key=True),
    Column("quarter", Integer, primary_key=True),  # of an hour, since the epoch
    Column("account", Text, primary_key=True),
    Column("lane", Text, primary_key=True),
    Column("model", Text, primary_key=True),
    Column("what", Text, primary_key=True),
    Column("labels", Text, primary_key=True),  # JSON, spelt in one way
    *(Column(name, BigInteger, nullable=False) for name in WHOLE_SUMS),
    Column("slot_seconds", Float, nullable=False),
)

Index("ix_quarters_quarter", quarters.c.quarter)

for _dialect, _statements in LAWS_OF_CHARGES.items():
    for _statement in _statements:
        event.listen(charges, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]  # as SQLAlchemy declares it
