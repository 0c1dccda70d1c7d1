"""The tables beside batches and their money: what is known of accounts and lanes, and what people have been told."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, Float, ForeignKey, Integer, Table, Text

from batches.store.ledger.schema import Id, metadata

# What BFL said an account had, at some moment between the question and the answer.
balances = Table(
    "balances",
    metadata,
    Column("account", Text, primary_key=True),
    Column("at", Float, primary_key=True),  # when the answer was in
    Column("asked_at", Float, nullable=False),
    Column("micro_credits", BigInteger, nullable=False),
)

# What was spent from a budget wider than a batch, in the quarters of its period that are over.
purses = Table(
    "purses",
    metadata,
    Column("account", Text, primary_key=True),  # empty: every one but the simulator's
    Column("labels", Text, primary_key=True),  # of the jobs that it is for: JSON, spelt as in `quarters`
    Column("since", Integer, primary_key=True),  # the first quarter of its period
    Column("spent", BigInteger, nullable=False),
    Column("counted_before", Integer, nullable=False),  # the first quarter that is not in `spent`
)

# Accounts of a pool that pay no more for a batch: see batches.store.ledger.exhausted.
exhausted = Table(
    "exhausted",
    metadata,
    Column("account", Text, primary_key=True),
    Column("batch_id", Text, ForeignKey("batches.id"), primary_key=True),
    Column("budget", Text, nullable=False),  # of this account, which has no room
    Column("needs", BigInteger),  # micro-credits that have to fit under its cap; NULL: a price that is not known
    Column("message", Text, nullable=False),
)

# What a person is told once: see batches.store.ledger.notices.
notices = Table(
    "notices",
    metadata,
    Column("key", Text, primary_key=True),  # the same for the same thing
    Column("event", Text, nullable=False),
    Column("batch_id", Text, ForeignKey("batches.id")),
    Column("text", Text, nullable=False),
    Column("figures", JSON, nullable=False),
    Column("at", Float, nullable=False),
    Column("due_at", Float),  # when it is sent next; NULL: nobody waits for it
    Column("sent_at", Float),  # when somebody took it
    Column("tries", Integer, nullable=False, server_default="0"),
)

paces = Table(
    "paces",
    metadata,
    Column("account", Text, primary_key=True),
    Column("model", Text, primary_key=True),
    Column("weights", JSON, nullable=False),  # the histograms of batches.pace
    Column("promises", JSON, nullable=False),
)

stops = Table(
    "stops",
    metadata,
    Column("account", Text, primary_key=True),
    Column("lane", Text, primary_key=True),  # empty: the whole account
    Column("reason", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("since", Float, nullable=False),
    Column("until", Float, nullable=False),  # then one job tries whether it is over
    Column("rest", Float, nullable=False),  # seconds from one try to the next
    Column("probe", Id),  # the job that tried last
)

# Submissions in a row that found the API in trouble; the first one that is accepted removes the row.
troubles = Table(
    "troubles",
    metadata,
    Column("account", Text, primary_key=True),
    Column("lane", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("since", Float, nullable=False),
)

# How many slots a person gives a lane; one that is not here has as many as its account says.
limits = Table(
    "limits",
    metadata,
    Column("account", Text, primary_key=True),
    Column("lane", Text, primary_key=True),
    Column("ceiling", Integer, nullable=False),
    CheckConstraint("ceiling >= 1", name="at_least_one"),
)
