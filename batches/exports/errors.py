"""Why an export does not go on.

ExportRefused    take another place or another question
PictureLost      make the picture good, or leave it out
"""

from __future__ import annotations

from batches.errors import FluxbatchError


class ExportRefused(FluxbatchError):
    """This place cannot be written to, or not by this question, or not now."""


class PictureLost(FluxbatchError):
    """A picture of the ledger is gone, or is not what it was."""
