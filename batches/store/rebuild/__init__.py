"""A ledger written again from the sidecars of pictures alone."""

from __future__ import annotations

from batches.store.rebuild.finding import Found
from batches.store.rebuild.rebuilding import Rebuilt, rebuild

__all__ = ["Found", "Rebuilt", "rebuild"]
