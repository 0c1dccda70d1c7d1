"""Sums of the quarters of an hour, by whatever a report goes by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batches.store.ledger.quarters import Amounts, What

Value = str | int
"""Of a column that sums go by: `quarter` is a number, all others are text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """All that was summed up alike."""

    key: Mapping[str, Value]  #: by the columns that were asked for
    what: What  #: how jobs were written, how attempts ended, how copies came to their picture
    amounts: Amounts
