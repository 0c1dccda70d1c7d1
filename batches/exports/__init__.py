"""Ledger and image store -> datasets, at any address that pictures can be kept at."""

from __future__ import annotations

from batches.exports.draws import UNDIVIDED, sample_of, splits_of
from batches.exports.errors import ExportRefused, PictureLost
from batches.exports.exporting import Manner, Outcome, Progress, export
from batches.exports.formats import KINDS, kind_of
from batches.exports.question import Options, Question

__all__ = [
    "KINDS", "UNDIVIDED", "ExportRefused", "Manner", "Options", "Outcome", "PictureLost", "Progress", "Question",
    "export", "kind_of", "sample_of", "splits_of",
]  # fmt: skip
