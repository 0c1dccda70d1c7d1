"""Alembic's entry: run the scripts on the connection that `config` handed over."""

from __future__ import annotations

from alembic import context

from batches.store.ledger.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
