"""Writes into a picture where it comes from, between its own parts and without decoding it: every pixel stays."""

from __future__ import annotations

from batches.store.images.embedding.notes import Notes
from batches.store.images.embedding.writing import embed

__all__ = ["Notes", "embed"]
